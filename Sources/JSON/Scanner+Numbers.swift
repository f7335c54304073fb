/// Numbers: RFC 8259 §6.
extension Scanner {
    /// Takes the number that starts here and gives the flags of its node.
    @inline(__always)
    mutating func number() throws(SyntaxError) -> UInt32 {
        let start = position
        var flags: UInt32 = 0
        if position.pointee == UInt8(ascii: "-") { position += 1 }
        if position < end, position.pointee == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if position < end, position.pointee == UInt8(ascii: ".") {
            flags = TapeNode.fractional
            position += 1
            try digits()
        }
        if position < end, position.pointee | 0x20 == UInt8(ascii: "e") {
            flags = TapeNode.fractional
            try exponent(ofNumberAt: start)
        }
        guard position - start <= maximumNumberLength else {
            throw SyntaxError(reason: .numberTooLong, offset: start - text)
        }
        return flags
    }

    @inline(__always)
    private mutating func digits() throws(SyntaxError) {
        guard position < end else { throw error(.unexpectedEnd) }
        guard position.pointee &- UInt8(ascii: "0") < 10 else { throw error(.unexpectedByte) }
        repeat { position += 1 } while position < end && position.pointee &- UInt8(ascii: "0") < 10
    }

    /// Takes an exponent, of at most 18 digits after the leading zeros: so many that every sum with it fits an Int.
    private mutating func exponent(ofNumberAt start: UnsafePointer<UInt8>) throws(SyntaxError) {
        position += 1
        if position < end, position.pointee == UInt8(ascii: "+") || position.pointee == UInt8(ascii: "-") {
            position += 1
        }
        var first = position
        try digits()
        while first < position, first.pointee == UInt8(ascii: "0") { first += 1 }
        guard position - first <= 18 else { throw SyntaxError(reason: .numberTooLong, offset: start - text) }
    }
}
