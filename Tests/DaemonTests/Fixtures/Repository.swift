import Foundation
import Testing

/// The repository of these tests.
enum Repository {
    /// The folder of Package.swift.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String {
        root.appending(path: relative).standardized.path
    }
}

/// Something outside the repository that a test needs and does not find.
struct Absence {
    let description: String

    /// Warns that the test did not run; fails the test where `CREDITD_REQUIRE_STORES` is 1, as in `make test`.
    func record(sourceLocation: SourceLocation = #_sourceLocation) {
        let isRequired = ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1"
        Issue.record(
            "\(description) is missing: this was not tested", severity: isRequired ? .error : .warning,
            sourceLocation: sourceLocation)
    }
}
