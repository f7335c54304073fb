/// The escapes of a JSON string: RFC 8259 §7.
enum Escape {
    /// The byte that a two-character escape such as `\n` stands for; nil for `u` and for all that is no escape.
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

    static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }

    static func isLeadingSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xD800 }

    static func isTrailingSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xDC00 }

    /// Writes the UTF-8 of `contents`, what the parser has found between two quotes, to `target` and gives its length.
    ///
    /// `target` has room for as many bytes as `contents` has: an escape is never shorter than what it stands for.
    static func decode(_ contents: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var target = UTF8Target(start: target)
        var index = 0
        while index < contents.count {
            let byte = contents[index]
            if byte != UInt8(ascii: "\\") {
                target.append(byte)
                index += 1
            } else if let plain = Escape.byte(for: contents[index + 1]) {
                target.append(plain)
                index += 2
            } else {
                var scalar = codeUnit(in: contents, at: index + 2)
                index += 6
                if scalar & 0xFFFF_FC00 == 0xD800 {
                    let low = codeUnit(in: contents, at: index + 2)
                    scalar = 0x1_0000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                    index += 6
                }
                target.append(scalar: scalar)
            }
        }
        return target.count
    }

    private static func codeUnit(in contents: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for offset in index..<index + 4 {
            unit = unit << 4 | UInt32(hexadecimalDigit(contents[offset]) ?? 0)
        }
        return unit
    }
}
