/// Valid UTF-8, read a scalar at a time from either end.
package struct UTF8Text {
    package let bytes: UnsafeBufferPointer<UInt8>

    /// Reads bytes that must be valid UTF-8, and stay so while it is used.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The scalar that begins at a position before the end; the position moves behind it.
    package func takeScalar(after position: inout Int) -> UInt32 {
        let lead = bytes[position]
        position += 1
        guard lead >= 0x80 else { return UInt32(lead) }
        let length = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1
        var scalar = UInt32(lead) & (0x3F >> UInt32(length))
        // A text that is not valid, against the contract, must at least not be read beyond its end.
        for _ in 0..<min(length, bytes.count - position) {
            scalar = scalar << 6 | UInt32(bytes[position] & 0x3F)
            position += 1
        }
        return scalar
    }

    /// The scalar that ends at a position behind the start; the position moves before it.
    package func takeScalar(before position: inout Int) -> UInt32 {
        position -= 1
        while position > 0, bytes[position] & 0xC0 == 0x80 { position -= 1 }
        var start = position
        return takeScalar(after: &start)
    }
}
