/// How a case went otherwise than it must.
package struct Mismatch: Error, Sendable {
    /// The first lines of what was sent.
    package var sent: [String] = []
    /// What must have come and did not.
    package var expected: [String]
    /// What came instead.
    package var got: [String]
    /// What the daemon said on stderr.
    package var errors = ""
}

extension Mismatch: CustomStringConvertible {
    /// A line for each.
    package var description: String {
        let parts = [("sent", sent), ("expected", expected), ("got", got), ("stderr", errors.isEmpty ? [] : [errors])]
        return parts.flatMap { name, lines in
            Self.first(lines).enumerated().map { place, line in
                let label = place == 0 ? name : ""
                return label + String(repeating: " ", count: 10 - label.count) + line
            }
        }.joined(separator: "\n")
    }

    private static func first(_ lines: [String]) -> [String] {
        let limit = 6
        return lines.count > limit ? lines.prefix(limit) + ["… and \(lines.count - limit) more"] : lines
    }
}
