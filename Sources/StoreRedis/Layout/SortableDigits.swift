import Bureau

/// Numbers in digits of base 64 whose bytes sort as the numbers do: the TIME of `event.lua`, and lengths.
enum SortableDigits {
    private static let alphabet: StaticString = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    /// The digits of an instant: 60 bits for the microseconds since the year 1.
    static let timeCount = 10

    static func append(_ number: Int64, digits count: Int, to text: inout [UInt8]) {
        for place in (0..<count).reversed() {
            text.append(alphabet.utf8Start[Int(number >> (6 * Int64(place)) & 63)])
        }
    }

    static func append(_ instant: Instant?, to text: inout [UInt8]) {
        let since = instant.map { $0.microsecondsSinceEpoch - Instant.first.microsecondsSinceEpoch }
        append(since ?? 0, digits: timeCount, to: &text)
    }

    /// Nil for other bytes than digits.
    static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        var number: Int64 = 0
        for byte in text {
            let value = values[Int(byte)]
            guard value < 64 else { return nil }
            number = number << 6 | Int64(value)
        }
        return number
    }

    static func instant(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Instant? {
        guard text.count == timeCount, let number = number(text) else { return nil }
        return Instant(microsecondsSinceEpoch: number + Instant.first.microsecondsSinceEpoch)
    }

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: .max, count: 256)
        for index in 0..<64 { values[Int(alphabet.utf8Start[index])] = UInt8(index) }
        return values
    }()
}
