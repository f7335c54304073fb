/// Strings: RFC 8259 §7.
extension Scanner {
    /// Takes the string that starts here and gives the flags of its node.
    @inline(__always)
    mutating func string() throws(SyntaxError) -> UInt32 {
        position += 1
        skipPlainCharacters()
        if position < end, position.pointee == UInt8(ascii: "\"") {
            position += 1
            return 0
        }
        return try restOfString()
    }

    /// Goes on to the first byte that is not a plain ASCII character of a string, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlainCharacters() {
        let high: UInt64 = 0x8080_8080_8080_8080
        let ones: UInt64 = 0x0101_0101_0101_0101
        while end - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            // A borrow can only reach the bytes above a true hit, so the lowest hit is exact; a byte above 0x7F,
            // for which the subtractions prove nothing, is a hit in any case.
            let hits = ((word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word) & high
            if hits != 0 {
                position += hits.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < end, Scanner.isPlain(position.pointee) { position += 1 }
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    @inline(never)
    private mutating func restOfString() throws(SyntaxError) -> UInt32 {
        var flags: UInt32 = 0
        while true {
            guard position < end else { throw error(.unexpectedEnd) }
            let byte = position.pointee
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return flags
            case UInt8(ascii: "\\"):
                flags |= TapeNode.escaped
                try escape()
            case 0x80...:
                flags |= TapeNode.nonASCII
                try nonASCIICharacters()
            case ..<0x20:
                throw error(.controlCharacter)
            default:
                skipPlainCharacters()
            }
        }
    }

    private mutating func escape() throws(SyntaxError) {
        let start = position
        guard end - position >= 2 else {
            position = end
            throw error(.unexpectedEnd)
        }
        let letter = position[1]
        guard letter == UInt8(ascii: "u") else {
            guard Escape.byte(for: letter) != nil else { throw error(.invalidEscape) }
            position += 2
            return
        }
        let unit = try codeUnit()
        if Escape.isTrailingSurrogate(unit) {
            throw SyntaxError(reason: .unpairedSurrogate, offset: start - text)
        }
        guard Escape.isLeadingSurrogate(unit) else { return }
        guard position < end else { throw error(.unexpectedEnd) }
        guard position.pointee == UInt8(ascii: "\\") else {
            throw SyntaxError(reason: .unpairedSurrogate, offset: start - text)
        }
        guard end - position >= 2 else {
            position = end
            throw error(.unexpectedEnd)
        }
        guard position[1] == UInt8(ascii: "u"), Escape.isTrailingSurrogate(try codeUnit()) else {
            throw SyntaxError(reason: .unpairedSurrogate, offset: start - text)
        }
    }

    /// Takes a `\uXXXX` of which the first two bytes are known.
    private mutating func codeUnit() throws(SyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        position += 2
        for _ in 0..<4 {
            guard position < end else { throw error(.unexpectedEnd) }
            guard let digit = Escape.hexadecimalDigit(position.pointee) else { throw error(.invalidEscape) }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    /// Takes characters above U+007F as far as they follow one another.
    private mutating func nonASCIICharacters() throws(SyntaxError) {
        while position < end, position.pointee >= 0x80 {
            guard let length = UTF8Sequence.length(at: position, before: end) else { throw error(.invalidUTF8) }
            position += length
        }
    }
}
