/// A parser for the complete grammar of ECMA-262 §22.2.1 with the `u` flag, in one pass and without recursion.
struct PatternParser {
    let source: [UInt8]
    var position = 0
    var syntax = PatternSyntax()
    /// The open groups, innermost last. The first represents the whole pattern.
    var groups = [Group()]
    /// The terms of the current alternative of every open group; a group's terms start at its `itemsStart`.
    var items: [Int] = []
    /// The complete alternatives of every open group; a group's alternatives start at its `alternativesStart`.
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

    /// Appends an atom with its quantifier, if there is one.
    mutating func append(_ atom: Int) throws(PatternError) {
        let start = position
        let bounds = try takeQuantifier() ?? (1, 1)
        if syntax.isEmpty(atom) { return }
        switch (bounds.least, bounds.most) {
        case (1, 1): items.append(atom)
        case (_, 0): break
        case (let least, let most): items.append(syntax.add(.repetition(of: atom, least: least, most: most), at: start))
        }
    }

    func error(_ reason: PatternError.Reason, at offset: Int) -> PatternError {
        PatternError(reason: reason, offset: offset)
    }
}

// The source text.
extension PatternParser {
    /// The next byte, which stays unconsumed; nil at the end.
    var next: UInt8? { position < source.count ? source[position] : nil }

    /// Consumes `text` if the text is next.
    mutating func takes(_ text: StaticString) -> Bool {
        let isNext = text.withUTF8Buffer { source[position...].starts(with: $0) }
        if isNext { position += text.utf8CodeUnitCount }
        return isNext
    }

    /// Consumes one scalar. The position must not be the end.
    mutating func takeScalar() -> UInt32 {
        source.withUnsafeBufferPointer { UTF8Text($0).takeScalar(after: &position) }
    }
}

// Quantifiers and numbers.
extension PatternParser {
    /// Consumes a quantifier if there is one.
    ///
    /// A lazy quantifier is treated as a greedy one, because laziness only affects where a match ends.
    mutating func takeQuantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        let start = position
        let bounds: (least: Int, most: Int?)
        if takes("*") {
            bounds = (0, nil)
        } else if takes("+") {
            bounds = (1, nil)
        } else if takes("?") {
            bounds = (0, 1)
        } else if takes("{") {
            bounds = try takeBounds(from: start)
        } else {
            return nil
        }
        _ = takes("?")
        return bounds
    }

    private mutating func takeBounds(from start: Int) throws(PatternError) -> (least: Int, most: Int?) {
        guard let least = takeNumber() else { throw error(.invalidBounds, at: start) }
        var most: Int? = least
        if takes(",") { most = takeNumber() }
        guard takes("}"), most ?? .max >= least else { throw error(.invalidBounds, at: start) }
        return (least, most)
    }

    /// Consumes decimal digits. A number beyond `Int` is clamped to `Int.max`.
    mutating func takeNumber() -> Int? {
        var number: Int?
        while let byte = next, byte &- UInt8(ascii: "0") < 10 {
            position += 1
            let (product, overflows) = (number ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(Int(byte &- UInt8(ascii: "0")))
            number = overflows || overflowsToo ? .max : sum
        }
        return number
    }
}
