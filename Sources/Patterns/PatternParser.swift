/// Reads a pattern by the grammar of ECMA-262 §22.2.1 with its `u` flag, all of it, in one pass and without recursion.
struct PatternParser {
    let source: [UInt8]
    var position = 0
    var syntax = PatternSyntax()
    /// The groups that are open, innermost last; the first stands for the whole pattern.
    var groups = [Group()]
    /// Terms of the alternatives being read, for all open groups; each group's begin at its `itemsStart`.
    var items: [Int] = []
    /// Alternatives that are read, for all open groups; each group's begin at its `alternativesStart`.
    var alternatives: [Int] = []
    var names = GroupNames()
    var captureCount = 0

    /// Parses the UTF-8 of a pattern.
    static func parse(_ source: [UInt8]) throws(PatternError) -> PatternSyntax {
        do {
            _ = try UTF8Span(validating: source.span)
        } catch {
            throw PatternError(reason: .invalidEncoding, offset: error.byteOffsets.lowerBound)
        }
        var parser = PatternParser(source: source)
        return try parser.parsePattern()
    }

    private init(source: [UInt8]) {
        self.source = source
    }

    private mutating func parsePattern() throws(PatternError) -> PatternSyntax {
        while position < source.count {
            try parseTerm()
        }
        guard groups.count == 1 else { throw error(.unterminatedGroup, at: groups[groups.count - 1].offset) }
        syntax.root = closeChoice(of: groups[0])
        try names.checkReferences(captureCount: captureCount)
        return syntax
    }

    private mutating func parseTerm() throws(PatternError) {
        let start = position
        let group = groups[groups.count - 1]
        switch source[position] {
        case UInt8(ascii: "("):
            try openGroup()
        case UInt8(ascii: ")"):
            try closeGroup()
        case UInt8(ascii: "|"):
            position += 1
            closeAlternative()
        case UInt8(ascii: "^"):
            position += 1
            items.append(syntax.add(.assertion(group.isMultiline ? .lineStart : .textStart), at: start))
        case UInt8(ascii: "$"):
            position += 1
            items.append(syntax.add(.assertion(group.isMultiline ? .lineEnd : .textEnd), at: start))
        case UInt8(ascii: "."):
            position += 1
            let scalars = group.matchesLineTerminators ? ScalarSet.all : ScalarSet.lineTerminators.inverted
            try append(syntax.add(ClassSyntax(scalars), at: start))
        case UInt8(ascii: "["):
            let scalars = try takeClass()
            try append(syntax.add(scalars, at: start))
        case UInt8(ascii: "\\"):
            try parseEscape()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            throw error(.nothingToRepeat, at: start)
        case UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            throw error(.unmatchedBracket, at: start)
        default:
            let scalar = takeScalar()
            try append(syntax.add(ClassSyntax(scalar), at: start))
        }
    }

    /// Appends an atom with the quantifier that follows it, if one does.
    mutating func append(_ atom: Int) throws(PatternError) {
        let start = position
        guard let bounds = try takeQuantifier(), !syntax.isEmpty(atom) else { return appendUnlessEmpty(atom) }
        switch (bounds.least, bounds.most) {
        case (1, 1): items.append(atom)
        case (_, 0): break
        case (let least, let most): items.append(syntax.add(.repetition(of: atom, least: least, most: most), at: start))
        }
    }

    private mutating func appendUnlessEmpty(_ atom: Int) {
        if !syntax.isEmpty(atom) { items.append(atom) }
    }

    func error(_ reason: PatternError.Reason, at offset: Int) -> PatternError {
        PatternError(reason: reason, offset: offset)
    }
}

extension PatternParser {
    var next: UInt8? { position < source.count ? source[position] : nil }

    /// Takes a piece of text; when there is another, takes nothing.
    mutating func takes(_ text: StaticString) -> Bool {
        let isThere = text.withUTF8Buffer { source[position...].starts(with: $0) }
        if isThere { position += text.utf8CodeUnitCount }
        return isThere
    }

    /// Takes the scalar at the position, which is not the end.
    mutating func takeScalar() -> UInt32 {
        source.withUnsafeBufferPointer { UTF8Text($0).takeScalar(after: &position) }
    }
}
