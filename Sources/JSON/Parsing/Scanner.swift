import Encodings

/// A position in a text, with methods that consume the tokens of RFC 8259.
struct Scanner {
    let text: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    let maximumNumberLength: Int
    var position: UnsafePointer<UInt8>

    init(text: UnsafePointer<UInt8>, count: Int, maximumNumberLength: Int) {
        self.text = text
        self.maximumNumberLength = maximumNumberLength
        end = text + count
        position = text
    }

    var offset: UInt32 {
        @inline(__always) get { UInt32(truncatingIfNeeded: position - text) }
    }

    /// Makes an error at `start`, by default at the current position.
    func error(_ reason: SyntaxError.Reason, at start: UnsafePointer<UInt8>? = nil) -> SyntaxError {
        SyntaxError(reason: reason, offset: (start ?? position) - text)
    }

    /// Skips white space (RFC 8259 §2) and returns the next byte without consuming it.
    @inline(__always)
    mutating func nextToken() throws(SyntaxError) -> UInt8 {
        while position < end {
            let byte = position.pointee
            if byte > 0x20 { return byte }
            guard Scanner.isWhiteSpace(byte) else { throw error(.unexpectedByte) }
            position += 1
        }
        throw error(.unexpectedEnd)
    }

    /// Throws unless only white space is left.
    mutating func expectEnd() throws(SyntaxError) {
        while position < end {
            guard Scanner.isWhiteSpace(position.pointee) else { throw error(.trailingBytes) }
            position += 1
        }
    }

    /// Consumes `true`, `false` or `null`.
    mutating func word(_ word: StaticString) throws(SyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < end else { throw error(.unexpectedEnd) }
            guard position.pointee == word.utf8Start[index] else { throw error(.unexpectedByte) }
            position += 1
        }
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

/// Numbers: RFC 8259 §6.
extension Scanner {
    /// Consumes a number and returns the flags of its node.
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
        guard position - start <= maximumNumberLength else { throw error(.numberTooLong, at: start) }
        return flags
    }

    @inline(__always)
    private mutating func digits() throws(SyntaxError) {
        guard position < end else { throw error(.unexpectedEnd) }
        guard position.pointee &- UInt8(ascii: "0") < 10 else { throw error(.unexpectedByte) }
        repeat { position += 1 } while position < end && position.pointee &- UInt8(ascii: "0") < 10
    }

    /// Consumes an exponent of at most 18 digits without leading zeros, so that sums with the exponent fit an Int.
    private mutating func exponent(ofNumberAt start: UnsafePointer<UInt8>) throws(SyntaxError) {
        position += 1
        if position < end, position.pointee == UInt8(ascii: "+") || position.pointee == UInt8(ascii: "-") {
            position += 1
        }
        var first = position
        try digits()
        while first < position, first.pointee == UInt8(ascii: "0") { first += 1 }
        guard position - first <= 18 else { throw error(.numberTooLong, at: start) }
    }
}

/// Strings: RFC 8259 §7.
extension Scanner {
    /// Consumes a string and returns the flags of its node.
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

    /// Skips ASCII characters that need no decoding, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlainCharacters() {
        while end - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            let specialBytes = Escape.specialBytes(in: word)
            if specialBytes != 0 {
                position += specialBytes.trailingZeroBitCount >> 3
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
        if UTF16.isTrailSurrogate(unit) { throw error(.unpairedSurrogate, at: start) }
        guard UTF16.isLeadSurrogate(unit) else { return }
        guard position < end else { throw error(.unexpectedEnd) }
        guard position.pointee == UInt8(ascii: "\\") else { throw error(.unpairedSurrogate, at: start) }
        guard end - position >= 2 else {
            position = end
            throw error(.unexpectedEnd)
        }
        guard position[1] == UInt8(ascii: "u"), UTF16.isTrailSurrogate(try codeUnit()) else {
            throw error(.unpairedSurrogate, at: start)
        }
    }

    /// Consumes an escape `\uXXXX` whose first two bytes have been checked.
    private mutating func codeUnit() throws(SyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        position += 2
        for _ in 0..<4 {
            guard position < end else { throw error(.unexpectedEnd) }
            guard let digit = Hexadecimal.value(of: position.pointee) else { throw error(.invalidEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Consumes a run of characters above U+007F.
    private mutating func nonASCIICharacters() throws(SyntaxError) {
        while position < end, position.pointee >= 0x80 {
            guard let length = UTF8Sequence.length(at: position, before: end) else { throw error(.invalidUTF8) }
            position += length
        }
    }
}
