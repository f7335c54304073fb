/// A valid UTF-8 text that is read scalar by scalar, forwards or backwards.
public struct UTF8Text {
    public let bytes: UnsafeBufferPointer<UInt8>

    /// Wraps bytes that must be valid UTF-8 and stay unchanged while the text is used.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Returns the scalar that starts at `position`, and moves `position` past the scalar.
    public func takeScalar(after position: inout Int) -> UInt32 {
        let lead = bytes[position]
        position += 1
        guard lead >= 0x80 else { return UInt32(lead) }
        let length = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1
        var scalar = UInt32(lead) & (0x3F >> UInt32(length))
        // Invalid text violates the contract, but must not be read past the end.
        for _ in 0..<min(length, bytes.count - position) {
            scalar = scalar << 6 | UInt32(bytes[position] & 0x3F)
            position += 1
        }
        return scalar
    }

    /// Returns the scalar that ends at `position`, and moves `position` to the start of the scalar.
    public func takeScalar(before position: inout Int) -> UInt32 {
        position -= 1
        while position > 0, bytes[position] & 0xC0 == 0x80 { position -= 1 }
        var start = position
        return takeScalar(after: &start)
    }
}
