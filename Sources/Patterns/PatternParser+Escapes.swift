extension PatternParser {
    /// Takes a backslash and what belongs to it, outside of a class.
    mutating func parseEscape() throws(PatternError) {
        let start = position
        position += 1
        switch next {
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            items.append(syntax.add(.assertion(takes("b") ? .wordBoundary : .noWordBoundary), at: start))
            position = start + 2
        case UInt8(ascii: "k"):
            position += 1
            guard takes("<") else { throw error(.invalidEscape, at: start) }
            names.refer(to: try takeGroupName(), at: start)
            try append(syntax.add(.refused(.backreference), at: start))
        case let byte? where (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte):
            names.refer(to: takeNumber() ?? 0, at: start)
            try append(syntax.add(.refused(.backreference), at: start))
        default:
            let scalars = try takeClassOrCharacterEscape(from: start)
            try append(syntax.add(scalars, at: start))
        }
    }

    /// Takes what follows a backslash in a class and outside alike.
    mutating func takeClassOrCharacterEscape(from start: Int) throws(PatternError) -> ClassSyntax {
        guard let byte = next else { throw error(.invalidEscape, at: start) }
        position += 1
        switch byte {
        case UInt8(ascii: "d"): return ClassSyntax(.digits)
        case UInt8(ascii: "D"): return ClassSyntax(ScalarSet.digits.inverted)
        case UInt8(ascii: "w"): return ClassSyntax(.word)
        case UInt8(ascii: "W"): return ClassSyntax(ScalarSet.word.inverted)
        case UInt8(ascii: "s"): return ClassSyntax(.whiteSpace)
        case UInt8(ascii: "S"): return ClassSyntax(ScalarSet.whiteSpace.inverted)
        case UInt8(ascii: "p"), UInt8(ascii: "P"):
            var scalars = ClassSyntax()
            let property = try takeProperty(from: start)
            scalars.properties = [ClassSyntax.Property(property: property, isNegated: byte == UInt8(ascii: "P"))]
            return scalars
        default:
            position -= 1
            return ClassSyntax(try takeCharacterEscape(from: start))
        }
    }

    private mutating func takeCharacterEscape(from start: Int) throws(PatternError) -> UInt32 {
        guard let byte = next else { throw error(.invalidEscape, at: start) }
        position += 1
        switch byte {
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "v"): return 0x0B
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "0"):
            if let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { break }
            return 0
        case UInt8(ascii: "c"):
            guard let letter = next, (letter | 0x20) &- UInt8(ascii: "a") < 26 else { break }
            position += 1
            return UInt32(letter & 0x1F)
        case UInt8(ascii: "x"):
            guard let scalar = takeHexadecimal(digits: 2) else { break }
            return scalar
        case UInt8(ascii: "u"):
            return try takeUnicodeEscape(from: start)
        case _ where "^$\\.*+?()[]{}|/".utf8.contains(byte):
            return UInt32(byte)
        default:
            break
        }
        throw error(.invalidEscape, at: start)
    }

    /// Takes what follows `\u`: four digits, two such escapes of a surrogate pair, or digits in braces.
    mutating func takeUnicodeEscape(from start: Int) throws(PatternError) -> UInt32 {
        if takes("{") {
            var scalar: UInt32?
            while let digit = takeHexadecimal(digits: 1) {
                scalar = (scalar ?? 0) << 4 | digit
                guard let value = scalar, value <= 0x10FFFF else { throw error(.invalidEscape, at: start) }
            }
            guard let scalar, takes("}") else { throw error(.invalidEscape, at: start) }
            return scalar
        }
        guard let first = takeHexadecimal(digits: 4) else { throw error(.invalidEscape, at: start) }
        let end = position
        if (0xD800...0xDBFF).contains(first), takes("\\u"), let second = takeHexadecimal(digits: 4),
            (0xDC00...0xDFFF).contains(second)
        {
            return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        position = end
        return first
    }

    private mutating func takeHexadecimal(digits: Int) -> UInt32? {
        let end = position + digits
        guard end <= source.count, source[position..<end].allSatisfy(isHexadecimal) else { return nil }
        let value = source[position..<end].reduce(UInt32(0)) { value, byte in
            value << 4 | UInt32(byte < 0x40 ? byte & 0xF : (byte & 0xF) + 9)
        }
        position = end
        return value
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
