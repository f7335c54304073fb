/// How a case went otherwise than the file says.
public struct Mismatch: Error, Sendable {
    /// The first lines of the input.
    public var sent: [String] = []
    /// What must have come and did not.
    public var expected: [String]
    /// What came instead.
    public var got: [String]
    /// Where answers differ from the expected ones, by JSON Pointer.
    public var differences: [String] = []
    /// The beginning of the daemon's stderr.
    public var errors = ""
    /// The folder of the daemon's data, where it was kept.
    public var keptFolder: String?
}

extension Mismatch: CustomStringConvertible {
    /// One line for each part, the name of the part before its first.
    public var description: String {
        let parts = [
            ("sent", sent), ("expected", expected), ("got", got), ("differs", differences),
            ("stderr", errors.isEmpty ? [] : [errors]), ("kept", keptFolder.map { [$0] } ?? []),
        ]
        return parts.flatMap { name, lines in
            Self.first(lines).enumerated().map { index, line in
                let label = index == 0 ? name : ""
                return label + String(repeating: " ", count: 10 - label.count) + line
            }
        }.joined(separator: "\n")
    }

    private static func first(_ lines: [String]) -> [String] {
        let limit = 6
        return lines.count > limit ? lines.prefix(limit) + ["… and \(lines.count - limit) more"] : lines
    }
}

/// The beginning of a line in printable characters.
struct Excerpt {
    private static let maximumBytes = 240

    let text: String

    init(_ bytes: some Collection<UInt8>) {
        let shown = String(decoding: bytes.prefix(Self.maximumBytes), as: UTF8.self).unicodeScalars
            .map { $0.value < 0x20 || $0.value == 0x7F ? Self.escape($0.value) : String($0) }.joined()
        text = bytes.count > Self.maximumBytes ? "\(shown)… (\(bytes.count) bytes)" : shown
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
