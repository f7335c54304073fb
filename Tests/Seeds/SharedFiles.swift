import Foundation

/// The files beside the repository, such as official test suites, which some tests compare with.
package enum SharedFiles {
    /// The folder that holds Package.swift.
    package static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or folder below `../shared`; nil if there is none.
    ///
    /// Writes a line to stderr if the file is missing, or throws if `CREDITD_REQUIRE_SHARED` is 1.
    package static func url(
        _ path: String,
        isRequired: Bool = ProcessInfo.processInfo.environment["CREDITD_REQUIRE_SHARED"] == "1"
    ) throws(MissingSharedFile) -> URL? {
        let url = repository.appending(path: "../shared").appending(path: path).standardized
        if FileManager.default.fileExists(atPath: url.path) { return url }
        let error = MissingSharedFile(path: path)
        if isRequired { throw error }
        FileHandle.standardError.write(Data("*** NOT TESTED: \(error)\n".utf8))
        return nil
    }
}

/// A file below `../shared` that `CREDITD_REQUIRE_SHARED=1` demands.
package struct MissingSharedFile: Error, CustomStringConvertible {
    let path: String

    package var description: String { "there is no ../shared/\(path) beside the repository" }
}
