extension PatternParser {
    /// A group that is open, and the flags that hold in it.
    struct Group {
        var kind = Kind.plain
        /// Why the group cannot be compiled, if it cannot.
        var refusal: PatternError.Reason?
        /// The byte of its parenthesis.
        var offset = 0
        /// The byte at which its first alternative begins.
        var bodyOffset = 0
        /// The byte at which the alternative that is being read begins.
        var alternativeOffset = 0
        var itemsStart = 0
        var alternativesStart = 0
        var isMultiline = false
        var matchesLineTerminators = false

        enum Kind {
            case plain
            case lookaround(isAhead: Bool, isNegated: Bool)
        }
    }

    /// How deep groups may lie in each other to be compiled.
    private static let compiledDepth = 250

    /// Takes `(` and what says the kind of group.
    mutating func openGroup() throws(PatternError) {
        var group = groups[groups.count - 1]
        group.kind = .plain
        group.refusal = groups.count > Self.compiledDepth ? .tooDeep : nil
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
        if takes(":") {
        } else if takes("=") {
            group.kind = .lookaround(isAhead: true, isNegated: false)
        } else if takes("!") {
            group.kind = .lookaround(isAhead: true, isNegated: true)
        } else if takes("<=") {
            group.kind = .lookaround(isAhead: false, isNegated: false)
        } else if takes("<!") {
            group.kind = .lookaround(isAhead: false, isNegated: true)
        } else if takes("<") {
            let name = try takeGroupName()
            captureCount += 1
            try names.define(name, at: group.offset, within: groups)
        } else {
            try takeModifiers(of: &group)
        }
    }

    /// Takes the flags of `(?ims-ims:`.
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

    /// Takes `)` and, after a group that is no assertion, its quantifier.
    mutating func closeGroup() throws(PatternError) {
        guard groups.count > 1, let group = groups.popLast() else { throw error(.unmatchedBracket, at: position) }
        position += 1
        let body = closeChoice(of: group)
        let refused = group.refusal.map { syntax.add(.refused($0), at: group.offset) }
        switch group.kind {
        case .plain:
            try append(refused ?? body)
        case .lookaround(let isAhead, let isNegated):
            let kind = PatternSyntax.Kind.lookaround(of: body, isAhead: isAhead, isNegated: isNegated)
            items.append(refused ?? syntax.add(kind, at: group.offset))
        }
    }

    /// Ends the alternative that is being read; another follows.
    mutating func closeAlternative() {
        let last = groups.count - 1
        addAlternative(of: groups[last])
        groups[last].alternativeOffset = position
    }

    /// The node of all alternatives of a group that ends here.
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
