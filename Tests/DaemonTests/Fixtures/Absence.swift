import Foundation
import Testing

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
