extension Writer {
    /// Appends a string, quoted and escaped.
    package mutating func string(_ value: String) {
        if value.utf8.withContiguousStorageIfAvailable({ string(utf8: $0) }) == nil {
            Array(value.utf8).withUnsafeBufferPointer { string(utf8: $0) }
        }
    }

    /// Appends a string of which the UTF-8 is known, quoted and escaped.
    ///
    /// Escapes what RFC 8259 §7 demands, and U+0085, U+2028 and U+2029, which some readers take for the end of a line.
    package mutating func string(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        separate()
        isCommaDue = true
        var start = 0
        var plainEnd = Writer.endOfPlainBytes(in: bytes, from: 0)
        append(UInt8(ascii: "\""))
        while plainEnd < bytes.count {
            append(UnsafeBufferPointer(rebasing: bytes[start..<plainEnd]))
            start = plainEnd + appendEscaped(UnsafeBufferPointer(rebasing: bytes[plainEnd...]))
            plainEnd = Writer.endOfPlainBytes(in: bytes, from: start)
        }
        append(UnsafeBufferPointer(rebasing: bytes[start...]))
        append(UInt8(ascii: "\""))
    }

    /// The first place from `start` on where something stands that may need an escape, or the end: eight bytes of
    /// plain ASCII at a time, the others one by one.
    private static func endOfPlainBytes(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if bytes.count - index >= 8,
                isPlainWord(UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
            {
                index += 8
            } else if isPlain(bytes[index]) {
                index += 1
            } else {
                break
            }
        }
        return index
    }

    /// U+0085, U+2028 and U+2029 start with C2 or E2.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0xC2 && byte != 0xE2
    }

    private static func isPlainWord(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        // A high bit in any of these is a control character, one of the two, or a byte above 0x7F.
        return ((word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word) & (ones << 7) == 0
    }

    /// Appends the first character of `rest`, escaped if it must be, and gives the number of its bytes.
    mutating func appendEscaped(_ rest: UnsafeBufferPointer<UInt8>) -> Int {
        switch rest[0] {
        case 0xC2:
            return appendSequence(rest, of: 2) { $0[1] == 0x85 ? 0x0085 : nil }
        case 0xE2:
            return appendSequence(rest, of: 3) {
                $0[1] == 0x80 && $0[2] & 0xFE == 0xA8 ? 0x2000 | UInt16($0[2] - 0x80) : nil
            }
        case let byte:
            appendEscape(of: byte)
            return 1
        }
    }

    private mutating func appendSequence(
        _ rest: UnsafeBufferPointer<UInt8>, of length: Int, escapedAs codeUnit: (UnsafeBufferPointer<UInt8>) -> UInt16?
    ) -> Int {
        if rest.count >= length, let codeUnit = codeUnit(rest) {
            appendEscape(ofCodeUnit: codeUnit)
        } else {
            append(UnsafeBufferPointer(rebasing: rest.prefix(length)))
        }
        return min(length, rest.count)
    }

    private mutating func appendEscape(of byte: UInt8) {
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
        case 0x08: letter = UInt8(ascii: "b")
        case 0x09: letter = UInt8(ascii: "t")
        case 0x0A: letter = UInt8(ascii: "n")
        case 0x0C: letter = UInt8(ascii: "f")
        case 0x0D: letter = UInt8(ascii: "r")
        default: return appendEscape(ofCodeUnit: UInt16(byte))
        }
        append(UInt8(ascii: "\\"))
        append(letter)
    }

    private mutating func appendEscape(ofCodeUnit codeUnit: UInt16) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(codeUnit >> shift & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
