import Foundation

/// The program under test.
enum Binary {
    struct NotFound: Error, CustomStringConvertible {
        let description: String
    }

    /// The path in `CREDITD_BINARY`, or else the product that was built beside the running tests.
    static func creditd() throws -> String {
        if let path = ProcessInfo.processInfo.environment["CREDITD_BINARY"], !path.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw NotFound(description: "CREDITD_BINARY names no program: \(path)")
            }
            return path
        }
        var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let start = folder.path
        while folder.path != "/" {
            let candidate = folder.appending(path: "creditd").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue,
                FileManager.default.isExecutableFile(atPath: candidate)
            {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        throw NotFound(description: "no creditd beside the tests in \(start); build it, or set CREDITD_BINARY")
    }
}
