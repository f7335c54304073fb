import Bureau

/// An instant as base C stores it: whole seconds and the microseconds after them, so that a double holds each exactly.
struct EventTime: Hashable {
    /// Since 1970, rounded down; negative before.
    let seconds: Int64
    /// 0 to 999 999.
    let micros: Int64

    static let microsDigits = 6

    init(_ instant: Instant) {
        let total = instant.microsecondsSinceEpoch
        seconds = total >= 0 ? total / 1_000_000 : -((999_999 - total) / 1_000_000)
        micros = total - seconds * 1_000_000
    }

    /// Reads the two texts of a history's entry; nil when this program did not write them.
    init?(seconds: UnsafeBufferPointer<UInt8>, micros: UnsafeBufferPointer<UInt8>) {
        guard let seconds = Int64(decimal: seconds), micros.count == Self.microsDigits,
            let micros = Int64(decimal: micros), micros >= 0, seconds.magnitude < 1 << 40
        else { return nil }
        self.seconds = seconds
        self.micros = micros
    }

    /// Nil outside the years 1 to 9999.
    var instant: Instant? { Instant(microsecondsSinceEpoch: seconds * 1_000_000 + micros) }
}

extension Int64 {
    /// Reads an optional minus and digits; nil for any other text and for a number out of range.
    init?(decimal text: UnsafeBufferPointer<UInt8>) {
        guard text.first != UInt8(ascii: "+") else { return nil }
        self.init(String(decoding: text, as: UTF8.self))
    }
}
