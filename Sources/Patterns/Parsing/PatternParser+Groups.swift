extension PatternParser {
    /// An open group with its flags.
    struct Group {
        /// The kind of a lookaround; nil for other groups.
        var lookaround: (isAhead: Bool, isNegated: Bool)?
        /// The reason why the group cannot be compiled, if there is one.
        var refusal: PatternError.Reason?
        /// The position of the opening parenthesis, in bytes.
        var offset = 0
        /// The position of the first alternative, in bytes.
        var bodyOffset = 0
        /// The position of the current alternative, in bytes.
        var alternativeOffset = 0
        var itemsStart = 0
        var alternativesStart = 0
        var isMultiline = false
        var matchesLineTerminators = false
    }

    /// The deepest nesting of groups that can be compiled.
    private static let maximumCompiledDepth = 250

    /// Consumes `(` and the prefix that gives the kind of group.
    mutating func openGroup() throws(PatternError) {
        var group = groups[groups.count - 1]
        group.lookaround = nil
        group.refusal = groups.count > Self.maximumCompiledDepth ? .tooDeep : nil
        group.offset = position
        group.itemsStart = items.count
        group.alternativesStart = alternatives.count
        position += 1
        if takes("?") {
            try takeKind(of: &group)
        } else {
            captureCount += 1
        }
        group.bodyOffset = position
        group.alternativeOffset = position
        groups.append(group)
    }

    private mutating func takeKind(of group: inout Group) throws(PatternError) {
        let isAngled = takes("<")
        let isNegated = takes("!")
        if isNegated || takes("=") {
            group.lookaround = (!isAngled, isNegated)
        } else if isAngled {
            let name = try takeGroupName()
            captureCount += 1
            try names.define(name, at: group.offset, within: groups)
        } else {
            try takeModifiers(of: &group)
        }
    }

    /// Consumes the flags of `(?ims-ims:`; `(?:` has none.
    private mutating func takeModifiers(of group: inout Group) throws(PatternError) {
        var seen: [UInt8] = []
        var isOn = true
        while let byte = next, byte != UInt8(ascii: ":") {
            position += 1
            switch byte {
            case _ where seen.contains(byte): throw error(.invalidGroup, at: group.offset)
            case UInt8(ascii: "i"): group.refusal = isOn ? .ignoreCase : group.refusal
            case UInt8(ascii: "m"): group.isMultiline = isOn
            case UInt8(ascii: "s"): group.matchesLineTerminators = isOn
            case UInt8(ascii: "-"): isOn = false
            default: throw error(.invalidGroup, at: group.offset)
            }
            seen.append(byte)
        }
        guard takes(":"), seen != [UInt8(ascii: "-")] else { throw error(.invalidGroup, at: group.offset) }
    }

    /// Consumes `)` and the quantifier of the group. A lookaround cannot have a quantifier.
    mutating func closeGroup() throws(PatternError) {
        guard groups.count > 1, let group = groups.popLast() else { throw error(.unmatchedBracket, at: position) }
        position += 1
        let body = closeChoice(of: group)
        let refused = group.refusal.map { syntax.add(.refused($0), at: group.offset) }
        guard let (isAhead, isNegated) = group.lookaround else { return try append(refused ?? body) }
        let lookaround = PatternSyntax.Kind.lookaround(of: body, isAhead: isAhead, isNegated: isNegated)
        items.append(refused ?? syntax.add(lookaround, at: group.offset))
    }

    /// Ends the current alternative and starts the next.
    mutating func closeAlternative() {
        let last = groups.count - 1
        addAlternative(of: groups[last])
        groups[last].alternativeOffset = position
    }

    /// Ends a group and returns the node for all its alternatives.
    mutating func closeChoice(of group: Group) -> Int {
        addAlternative(of: group)
        let choice = syntax.addChoice(of: alternatives[group.alternativesStart...], at: group.offset)
        alternatives.removeSubrange(group.alternativesStart...)
        return choice
    }

    private mutating func addAlternative(of group: Group) {
        alternatives.append(syntax.addSequence(of: items[group.itemsStart...], at: group.alternativeOffset))
        items.removeSubrange(group.itemsStart...)
    }
}

/// The names of a pattern's groups, and the references to them. A reference may come before its group.
struct GroupNames {
    typealias Name = [UInt32]

    /// The position of the last group with each name, in bytes.
    private var lastOffsets: [Name: Int] = [:]
    private var references: [(name: Name, offset: Int)] = []
    private var highestNumber = (number: 0, offset: 0)

    /// Records a named group.
    ///
    /// Groups may share a name only in different alternatives of a choice (ECMA-262 §22.2.1.1). Comparing with the last
    /// group is enough, because the choice that separates the last group from earlier ones separates this group too.
    mutating func define(_ name: Name, at offset: Int, within groups: [PatternParser.Group]) throws(PatternError) {
        if let last = lastOffsets[name], !isInEarlierAlternative(last, of: groups) {
            throw PatternError(reason: .duplicateGroupName, offset: offset)
        }
        lastOffsets[name] = offset
    }

    /// Whether the position is in an earlier alternative of the innermost open group that contains the position.
    private func isInEarlierAlternative(_ offset: Int, of groups: [PatternParser.Group]) -> Bool {
        var (low, high) = (0, groups.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if groups[middle].bodyOffset <= offset { low = middle } else { high = middle }
        }
        return offset < groups[low].alternativeOffset
    }

    mutating func refer(to name: Name, at offset: Int) {
        references.append((name, offset))
    }

    mutating func refer(to number: Int, at offset: Int) {
        if number > highestNumber.number { highestNumber = (number, offset) }
    }

    /// Checks at the end of the pattern that every referenced group exists.
    func checkReferences(captureCount: Int) throws(PatternError) {
        if highestNumber.number > captureCount {
            throw PatternError(reason: .unknownGroup, offset: highestNumber.offset)
        }
        for reference in references where lastOffsets[reference.name] == nil {
            throw PatternError(reason: .unknownGroup, offset: reference.offset)
        }
    }
}
