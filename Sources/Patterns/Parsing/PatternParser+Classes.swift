import Encodings

extension PatternParser {
    /// Consumes a class in brackets: CharacterClass of ECMA-262 §22.2.1, without the `v` flag.
    mutating func takeClass() throws(PatternError) -> ClassSyntax {
        let start = position
        position += 1
        var scalars = ClassSyntax()
        scalars.isNegated = takes("^")
        while !takes("]") {
            let first = try takeClassAtom(in: start)
            let dash = position
            if takes("-"), next != UInt8(ascii: "]") {
                scalars.ranges.append(try range(from: first, to: try takeClassAtom(in: start), at: dash))
            } else {
                position = dash
                scalars.formUnion(first)
            }
        }
        return scalars
    }

    private func range(
        from first: ClassSyntax, to last: ClassSyntax, at offset: Int
    ) throws(PatternError) -> ClosedRange<UInt32> {
        guard let first = first.single, let last = last.single, first <= last else {
            throw error(.invalidRange, at: offset)
        }
        return first...last
    }

    private mutating func takeClassAtom(in start: Int) throws(PatternError) -> ClassSyntax {
        let offset = position
        guard let byte = next else { throw error(.unterminatedClass, at: start) }
        guard byte == UInt8(ascii: "\\") else { return ClassSyntax(takeScalar()) }
        if takes("\\b") { return ClassSyntax(0x08) }
        if takes("\\-") { return ClassSyntax(0x2D) }
        position += 1
        return try takeClassOrCharacterEscape(from: offset)
    }

    /// Consumes the `{Name}` or `{Name=Value}` of a property escape.
    mutating func takeProperty(from start: Int) throws(PatternError) -> UnicodeProperty {
        guard takes("{"), let end = source[position...].firstIndex(of: UInt8(ascii: "}")) else {
            throw error(.invalidEscape, at: start)
        }
        let parts = source[position..<end].split(
            separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts.map { String(decoding: $0, as: UTF8.self) }
        position = end + 1
        guard let property = UnicodeProperty(names[0], value: names.count > 1 ? names[1] : nil) else {
            throw error(.unknownProperty, at: start)
        }
        return property
    }

    /// Consumes a group's name and the closing `>`.
    mutating func takeGroupName() throws(PatternError) -> GroupNames.Name {
        let start = position
        var name: GroupNames.Name = []
        while !takes(">") {
            guard next != nil else { throw error(.invalidGroupName, at: start) }
            let scalar = takes("\\u") ? try takeUnicodeEscape(from: start) : takeScalar()
            guard isAllowed(scalar, first: name.isEmpty) else { throw error(.invalidGroupName, at: start) }
            name.append(scalar)
        }
        guard !name.isEmpty else { throw error(.invalidGroupName, at: start) }
        return name
    }

    /// Whether a scalar is allowed in a name: IdentifierStartChar and IdentifierPartChar of ECMA-262 §12.7.
    private func isAllowed(_ value: UInt32, first: Bool) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        if scalar == "$" || scalar == "_" { return true }
        if first { return scalar.properties.isIDStart }
        return scalar.properties.isIDContinue || value == 0x200C || value == 0x200D
    }

    /// Consumes an escape outside of a class.
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

    /// Consumes the rest of an escape that is allowed both inside and outside of a class.
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
            let property = try takeProperty(from: start)
            return ClassSyntax(properties: [.init(property: property, isNegated: byte == UInt8(ascii: "P"))])
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

    /// Consumes the rest of `\u`: four digits, a surrogate pair of two escapes, or digits in braces.
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
        guard end <= source.count else { return nil }
        var value: UInt32 = 0
        for byte in source[position..<end] {
            guard let digit = Hexadecimal.value(of: byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position = end
        return value
    }
}
