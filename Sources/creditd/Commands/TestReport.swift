import ArgumentParser
import FoundationEssentials
import Transcripts

/// Results of cases as text for people, as TAP or as JUnit XML.
struct TestReport {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        /// Version 14 of the Test Anything Protocol (testanything.org).
        case tap
        case junit
    }

    struct Outcome {
        /// The file of the case.
        let suite: String
        let name: String
        /// Nil when the case passed.
        let mismatch: Mismatch?
        let duration: Duration
    }

    private let format: Format
    private var outcomes: [Outcome] = []

    init(format: Format) {
        self.format = format
    }

    var failures: Int { outcomes.count { $0.mismatch != nil } }

    /// What to write before the first of `count` results.
    func begin(count: Int) -> String {
        format == .tap ? "TAP version 14\n1..\(count)\n" : ""
    }

    /// What to write when a case has been played; JUnit says everything at the end.
    mutating func add(_ outcome: Outcome) -> String {
        outcomes.append(outcome)
        let lines = outcome.mismatch?.description.split(separator: "\n").map { "    \($0)\n" }.joined() ?? ""
        switch format {
        case .text:
            return (outcome.mismatch == nil ? "ok      " : "FAILED  ") + title(of: outcome) + "\n" + lines
        case .tap:
            let name = title(of: outcome).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
            let line = (outcome.mismatch == nil ? "ok" : "not ok") + " \(outcomes.count) - \(name)\n"
            return lines.isEmpty ? line : line + "  ---\n  message: |\n\(lines)  ...\n"
        case .junit:
            return ""
        }
    }

    /// What to write after the last result.
    func end() -> String {
        switch format {
        case .text: "\(outcomes.count - failures) of \(outcomes.count) cases passed\n"
        case .tap: ""
        case .junit: junit
        }
    }

    /// The file and the case, once where the file has no headings; control characters, which a terminal would obey, are
    /// replaced.
    private func title(of outcome: Outcome) -> String {
        let title = outcome.name == outcome.suite ? outcome.name : "\(outcome.suite): \(outcome.name)"
        return String(
            String.UnicodeScalarView(
                title.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }

    private var junit: String {
        var suites: [(name: String, outcomes: [Outcome])] = []
        for outcome in outcomes {
            if suites.last?.name != outcome.suite { suites.append((outcome.suite, [])) }
            suites[suites.count - 1].outcomes.append(outcome)
        }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites\(Self.totals(of: outcomes))>\n"
        for suite in suites {
            text += "  <testsuite name=\"\(Self.escaped(suite.name))\"\(Self.totals(of: suite.outcomes))>\n"
            text += suite.outcomes.map(Self.testCase).joined()
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func testCase(_ outcome: Outcome) -> String {
        let attributes = "classname=\"\(escaped(outcome.suite))\" name=\"\(escaped(outcome.name))\""
        let start = "    <testcase \(attributes) time=\"\(seconds(outcome.duration))\""
        guard let mismatch = outcome.mismatch else { return start + "/>\n" }
        let message = mismatch.differences.first ?? mismatch.expected.first.map { "expected \($0)" } ?? ""
        return """
            \(start)>
                  <failure message="\(escaped(message))">\(escaped(mismatch.description))</failure>
                </testcase>

            """
    }

    private static func totals(of outcomes: [Outcome]) -> String {
        let failures = outcomes.count { $0.mismatch != nil }
        let time = seconds(outcomes.reduce(.zero) { $0 + $1.duration })
        return " tests=\"\(outcomes.count)\" failures=\"\(failures)\" errors=\"0\" time=\"\(time)\""
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let thousandths = "\(1000 + attoseconds / 1_000_000_000_000_000)".dropFirst()
        return "\(seconds).\(thousandths)"
    }

    /// A text within an element or an attribute; characters that XML 1.0 cannot hold (§2.2) become U+FFFD.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\n": "&#10;"
            case "\t": "&#9;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: "\u{FFFD}"
            default: String(scalar)
            }
        }.joined()
    }
}
