import Patterns

/// A position in a text that is made of ASCII digits and marks between them.
struct DigitReader {
    private let text: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

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

    /// Takes all characters of a set that come next, and tells how many there were.
    mutating func takeRun(of set: ASCIISet) -> Int {
        let start = position
        while position < text.count, set.contains(text[position]) { position += 1 }
        return position - start
    }

    /// Takes `%` and two hexadecimal digits; when they are not there, takes nothing.
    mutating func takesPercentEncoded() -> Bool {
        guard text.count - position >= 3, text[position] == UInt8(ascii: "%") else { return false }
        let digits = text[position + 1..<position + 3]
        guard digits.allSatisfy(ASCIISet.hexadecimal.contains) else { return false }
        position += 3
        return true
    }

    /// Takes the next scalar beyond ASCII, if it lies in one of some ranges; else nothing.
    mutating func takesScalar(in ranges: [ClosedRange<UInt32>]) -> Bool {
        guard position < text.count, text[position] >= 0x80 else { return false }
        var end = position
        let scalar = UTF8Text(text).takeScalar(after: &end)
        guard ranges.contains(where: { $0.contains(scalar) }) else { return false }
        position = end
        return true
    }
}
