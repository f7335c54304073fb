import Bureau

/// An instant as base C keeps it: whole seconds and the microseconds above them, so that both are exact in a double.
struct EventTime: Hashable {
    /// Since 1970, rounded down; negative before.
    var seconds: Int64
    /// 0 to 999 999.
    var micros: Int64

    static let microsDigits = 6

    init(_ instant: Instant) {
        let total = instant.microsecondsSinceEpoch
        seconds = total >= 0 ? total / 1_000_000 : -((999_999 - total) / 1_000_000)
        micros = total - seconds * 1_000_000
    }

    /// Reads the two texts of a history's entry.
    init?(seconds: UnsafeBufferPointer<UInt8>, micros: UnsafeBufferPointer<UInt8>) {
        guard let seconds = Decimal.read(seconds), micros.count == Self.microsDigits,
            let micros = Decimal.read(micros), micros >= 0
        else { return nil }
        self.seconds = seconds
        self.micros = micros
    }

    /// Nil outside the years 1 to 9999.
    var instant: Instant? {
        let (total, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflowsToo) = total.addingReportingOverflow(micros)
        return overflows || overflowsToo ? nil : Instant(microsecondsSinceEpoch: sum)
    }

    /// Lends the microseconds as six digits.
    func withMicrosText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.microsDigits) { text in
            text.update(repeating: UInt8(ascii: "0"))
            _ = Decimal.write(micros, atEndOf: text)
            return body(UnsafeBufferPointer(text))
        }
    }
}
