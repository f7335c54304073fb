import Encodings

/// The identifier of a record: a UUID of version 7, which sorts by its time of creation (RFC 9562 §5.7).
public struct RecordID: TextValue, Comparable, CustomStringConvertible {
    /// Octets 0 to 7, most significant first.
    public let high: UInt64
    /// Octets 8 to 15, most significant first.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a new identifier from the time and 64 bits of a secure random source.
    ///
    /// The twelve bits after the milliseconds hold the microseconds, so that identifiers sort by microsecond (RFC 9562
    /// §6.2, method 3). An instant before 1970 counts as 1970, because the timestamp has no sign.
    public static func make(at instant: Instant, random: UInt64) -> RecordID {
        let microseconds = UInt64(max(0, instant.microsecondsSinceEpoch))
        let version: UInt64 = 0x7000
        let variant: UInt64 = 0x8000_0000_0000_0000
        return RecordID(
            high: (microseconds / 1000) << 16 | version | (microseconds % 1000) << 2 | random >> 62,
            low: variant | random & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// Reads the text of a UUID of any version, 36 bytes; hex digits may be of either case (RFC 9562 §4).
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36 else { return nil }
        var octets: (high: UInt64, low: UInt64) = (0, 0)
        for (index, byte) in text.enumerated() {
            if Self.isHyphen(at: index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(of: byte) else { return nil }
            octets.high = octets.high << 4 | octets.low >> 60
            octets.low = octets.low << 4 | UInt64(digit)
        }
        self.init(high: octets.high, low: octets.low)
    }

    /// Lends the 36 bytes of the text, hex digits in lower case.
    @inlinable
    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            write(to: text)
            return body(UnsafeBufferPointer(rebasing: text[..<36]))
        }
    }

    public var description: String { text }

    /// Orders by the 16 octets, and therefore by the time of creation.
    public static func < (one: RecordID, other: RecordID) -> Bool {
        (one.high, one.low) < (other.high, other.low)
    }

    /// Writes the 36 bytes of the text at the start of `buffer`.
    @usableFromInline
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var rest = (high: high, low: low)
        for index in 0..<36 {
            guard !Self.isHyphen(at: index) else {
                buffer[index] = UInt8(ascii: "-")
                continue
            }
            buffer[index] = Hexadecimal.digit(of: UInt8(rest.high >> 60))
            rest.high = rest.high << 4 | rest.low >> 60
            rest.low <<= 4
        }
    }

    private static func isHyphen(at index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }
}
