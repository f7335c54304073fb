import Foundation
import Testing

/// The repository that these tests belong to, and what may lie beside it.
enum Repository {
    /// The folder that holds Package.swift and the real Tests folder.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String {
        root.appending(path: relative).standardized.path
    }

    /// The first of these paths, relative to the root, at which there is something.
    static func firstPath(of candidates: String...) -> String? {
        candidates.map(path).first { FileManager.default.fileExists(atPath: $0) }
    }
}

/// Something outside the repository that a test needs and did not find.
struct Absence {
    let description: String

    /// Says that the test did not run; fails it where `CREDITD_REQUIRE_STORES` asks for everything, as `make test` does.
    func record(sourceLocation: SourceLocation = #_sourceLocation) {
        let isRequired = ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1"
        Issue.record(
            "\(description) is missing: this was not tested", severity: isRequired ? .error : .warning,
            sourceLocation: sourceLocation)
    }
}
