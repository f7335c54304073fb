extension Writer {
    /// Appends a value as it came, numbers with their text and strings with their escapes; only U+0085, U+2028 and
    /// U+2029 are escaped when they were not, as in every string that is written.
    public mutating func value(_ value: Value) {
        separate()
        isCommaDue = true
        var rest = value.rawText
        while let special = rest.firstIndex(where: { $0 == 0xC2 || $0 == 0xE2 }) {
            append(UnsafeBufferPointer(rebasing: rest[..<special]))
            let count = appendEscaped(UnsafeBufferPointer(rebasing: rest[special...]))
            rest = UnsafeBufferPointer(rebasing: rest[(special + count)...])
        }
        append(rest)
    }
}
