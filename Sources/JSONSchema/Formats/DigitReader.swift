/// A position in a text that is made of ASCII digits and marks between them.
struct DigitReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.count }

    /// Takes a number of exactly so many digits; when there is none, or a larger one, takes nothing.
    mutating func number(of digits: Int, upTo limit: Int) -> Int? {
        guard text.count - position >= digits else { return nil }
        var value = 0
        for byte in text[position..<position + digits] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        guard value <= limit else { return nil }
        position += digits
        return value
    }

    /// Takes one mark; when there is another, takes nothing.
    mutating func takes(_ mark: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < text.count else { return false }
        let scalar = Unicode.Scalar(text[position])
        guard scalar == mark || scalar == other else { return false }
        position += 1
        return true
    }
}
