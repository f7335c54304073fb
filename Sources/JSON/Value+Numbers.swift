extension Value {
    /// The exact value of a number; nil for all that is no number.
    package var number: Number? { kind == .number ? Number(text: rawText) : nil }

    /// A number that is mathematically an integer within Int64, such as 1.0, 1e2 and -0; nil for everything else.
    ///
    /// Never rounded, and in the same time whatever the exponent.
    @inlinable public var int64: Int64? {
        guard kind == .number else { return nil }
        return shortInteger ?? longInteger
    }

    /// An integer written without point and exponent in at most 18 bytes, which is nearly every integer.
    @inlinable public var shortInteger: Int64? {
        guard node.pointee.tag & ~7 == 0, kind == .number, node.pointee.length <= 18 else { return nil }
        let text = rawText
        let isNegative = text[0] == UInt8(ascii: "-")
        var magnitude: Int64 = 0
        for index in (isNegative ? 1 : 0)..<text.count {
            magnitude = magnitude &* 10 &+ Int64(truncatingIfNeeded: text[index] &- UInt8(ascii: "0"))
        }
        return isNegative ? -magnitude : magnitude
    }

    /// Whether this is a number that is mathematically an integer: 1, 1.0 and 1e400 are.
    @inlinable public var isInteger: Bool {
        kind == .number && (node.pointee.tag & TapeNode.fractional == 0 || isIntegerInDisguise)
    }

    @usableFromInline var isIntegerInDisguise: Bool { Number(text: rawText).isInteger }

    @usableFromInline var longInteger: Int64? { Number(text: rawText).int64 }
}
