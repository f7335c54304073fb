/// A position in a text, and the tokens of RFC 8259 that can be taken there.
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

    /// An error at this position.
    func error(_ reason: SyntaxError.Reason) -> SyntaxError { SyntaxError(reason: reason, offset: position - text) }

    /// Skips white space (RFC 8259 §2) and gives the byte that follows, without taking it.
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

    /// Takes one byte.
    @inline(__always)
    mutating func skip() {
        position += 1
    }

    /// Succeeds when only white space is left.
    mutating func expectEnd() throws(SyntaxError) {
        while position < end {
            guard Scanner.isWhiteSpace(position.pointee) else { throw error(.trailingBytes) }
            position += 1
        }
    }

    /// Takes a `true`, `false` or `null` of which the first byte is known.
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
