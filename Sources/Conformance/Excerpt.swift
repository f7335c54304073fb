/// The beginning of a line, fit to be shown.
struct Excerpt {
    private static let longest = 240

    let text: String

    init(_ bytes: some Collection<UInt8>) {
        let shown = String(decoding: bytes.prefix(Self.longest), as: UTF8.self).unicodeScalars
            .map { $0.value < 0x20 || $0.value == 0x7F ? Self.escape($0.value) : String($0) }.joined()
        text = bytes.count > Self.longest ? "\(shown)… (\(bytes.count) bytes)" : shown
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
