import Encodings

/// The escapes in JSON strings (RFC 8259 §7).
enum Escape {
    /// The byte for the letter of an escape such as `\n`; nil for `u` and for invalid letters.
    static func byte(for letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Marks each byte of a string that is not plain: quotes, backslashes, control characters, bytes above 0x7F.
    ///
    /// The lowest mark is exact, because a borrow reaches only bytes above a true hit. A byte above 0x7F is always
    /// marked.
    @inline(__always)
    static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        return ((word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word) & (ones << 7)
    }

    /// Decodes the contents of a string that the parser has accepted, and returns the number of bytes written.
    ///
    /// `target` must have room for `contents.count` bytes; an escape is never shorter than its UTF-8.
    static func decode(_ contents: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var (index, end) = (0, target)
        func append(_ byte: UInt8) {
            end.initialize(to: byte)
            end += 1
        }
        while index < contents.count {
            let byte = contents[index]
            if byte != UInt8(ascii: "\\") {
                append(byte)
                index += 1
            } else if let plain = Escape.byte(for: contents[index + 1]) {
                append(plain)
                index += 2
            } else {
                var value = codeUnit(in: contents, at: index + 2)
                index += 6
                if value & 0xFFFF_FC00 == 0xD800 {
                    let low = codeUnit(in: contents, at: index + 2)
                    value = 0x1_0000 + (value & 0x3FF) << 10 + (low & 0x3FF)
                    index += 6
                }
                Unicode.Scalar(value)?.utf8.forEach(append)
            }
        }
        return end - target
    }

    private static func codeUnit(in contents: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for offset in index..<index + 4 {
            unit = unit << 4 | UInt32(Hexadecimal.value(of: contents[offset]) ?? 0)
        }
        return unit
    }
}

/// The check of multi-byte sequences in UTF-8 (RFC 3629 §4).
enum UTF8Sequence {
    /// The length of the sequence at `position` in bytes; nil if the sequence is malformed.
    static func length(at position: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) -> Int? {
        let left = end - position
        func isContinuation(_ index: Int) -> Bool { position[index] & 0xC0 == 0x80 }
        switch position.pointee {
        case 0xC2...0xDF:
            return left >= 2 && isContinuation(1) ? 2 : nil
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(1), isContinuation(2) else { return nil }
            return isShortest3(position[0], position[1]) ? 3 : nil
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(1), isContinuation(2), isContinuation(3) else { return nil }
            return isInRange4(position[0], position[1]) ? 4 : nil
        default:
            return nil
        }
    }

    /// Excludes overlong forms of characters below U+0800, and surrogates.
    private static func isShortest3(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second <= 0x9F
        default: true
        }
    }

    /// Excludes overlong forms of characters below U+10000, and values above U+10FFFF.
    private static func isInRange4(_ first: UInt8, _ second: UInt8) -> Bool {
        switch first {
        case 0xF0: second >= 0x90
        case 0xF4: second <= 0x8F
        default: true
        }
    }
}
