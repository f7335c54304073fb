import Encodings

extension Writer {
    /// Appends a string, quoted and escaped.
    public mutating func string(_ value: String) {
        if value.utf8.withContiguousStorageIfAvailable({ string(utf8: $0) }) == nil {
            Array(value.utf8).withUnsafeBufferPointer { string(utf8: $0) }
        }
    }

    /// Appends a string from its UTF-8, quoted and escaped.
    ///
    /// Escapes what RFC 8259 §7 requires, and U+0085, U+2028 and U+2029, which some readers treat as line ends.
    public mutating func string(utf8 bytes: UnsafeBufferPointer<UInt8>) {
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

    /// The index of the first byte that may need an escape, or the end. Plain ASCII is skipped eight bytes at a time.
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

    // U+0085, U+2028 and U+2029 start with C2 or E2.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0xC2 && byte != 0xE2
    }

    private static func isPlainWord(_ word: UInt64) -> Bool { Escape.specialBytes(in: word) == 0 }

    /// Appends the first character of `rest`, escaped if necessary, and returns its length in bytes.
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
            append(Hexadecimal.digit(of: UInt8(codeUnit >> shift & 0xF)))
        }
    }
}

// Numbers, and parsed values of any kind.
extension Writer {
    /// Appends an integer.
    @inlinable
    public mutating func number(_ value: Int) {
        number(Int64(value))
    }

    /// Appends an integer.
    public mutating func number(_ value: Int64) {
        separate()
        isCommaDue = true
        if value < 0 { append(UInt8(ascii: "-")) }
        let digitCount = Writer.digitCount(of: value.magnitude)
        appendUpTo(digitCount) { target in
            var rest = value.magnitude
            for index in stride(from: digitCount - 1, through: 0, by: -1) {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                target[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            }
            return digitCount
        }
    }

    private static func digitCount(of magnitude: UInt64) -> Int {
        var digitCount = 1
        var limit: UInt64 = 10
        while magnitude >= limit {
            digitCount += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        return digitCount
    }

    /// Appends a value with its source text, so numbers and escapes are preserved.
    ///
    /// Only U+0085, U+2028 and U+2029 are escaped, as in every string that the writer appends.
    public mutating func value(_ value: Value) {
        separate()
        source(value.rawText)
        isCommaDue = true
    }

    /// Appends the source text of one value without a comma before or after it.
    ///
    /// Only U+0085, U+2028 and U+2029 are escaped.
    public mutating func source(_ text: UnsafeBufferPointer<UInt8>) {
        isCommaDue = false
        var rest = text
        while let special = rest.firstIndex(where: { $0 == 0xC2 || $0 == 0xE2 }) {
            append(UnsafeBufferPointer(rebasing: rest[..<special]))
            let count = appendEscaped(UnsafeBufferPointer(rebasing: rest[special...]))
            rest = UnsafeBufferPointer(rebasing: rest[(special + count)...])
        }
        append(rest)
    }

    /// Appends a value without the white space between its parts; numbers and strings keep their source text.
    public mutating func compact(_ value: Value) {
        switch value.kind {
        case .object:
            object { object in
                for member in value.members {
                    object.value(member.key)
                    object.raw(":")
                    object.compact(member.value)
                }
            }
        case .array:
            array { array in
                for element in value.elements { array.compact(element) }
            }
        default: self.value(value)
        }
    }
}
