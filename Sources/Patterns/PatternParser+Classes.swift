extension PatternParser {
    /// Takes a class in brackets: ECMA-262 §22.2.1, CharacterClass without the `v` flag.
    mutating func takeClass() throws(PatternError) -> ClassSyntax {
        let start = position
        position += 1
        var scalars = ClassSyntax()
        scalars.isNegated = takes("^")
        while !takes("]") {
            let first = try takeClassAtom(in: start)
            let dash = position
            if takes("-") {
                if next != UInt8(ascii: "]") {
                    let range = try range(from: first, to: try takeClassAtom(in: start), at: dash)
                    scalars.ranges.append(range)
                    continue
                }
                position = dash
            }
            scalars.formUnion(first)
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

    /// Takes the `{…}` of a property escape: `{Name}` or `{Name=Value}`.
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

    /// Takes a group's name and the `>` behind it.
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

    /// IdentifierStartChar and IdentifierPartChar: ECMA-262 §12.7.
    private func isAllowed(_ value: UInt32, first: Bool) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        if scalar == "$" || scalar == "_" { return true }
        if first { return scalar.properties.isIDStart }
        return scalar.properties.isIDContinue || value == 0x200C || value == 0x200D
    }
}
