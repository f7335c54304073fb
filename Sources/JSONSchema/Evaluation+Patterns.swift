import JSON

extension Evaluation {
    /// Whether an object meets the rules for objects when names are matched, or it matters which members are evaluated.
    // Apart, as all that few schemas have: inlined, it would slow the usual way down.
    @inline(never)
    mutating func meetsWithPatterns(_ object: Value, _ rules: UnsafePointer<ObjectRules>) -> Bool {
        var isMet = meetsCounts(object, rules)
        if !isMet, isDone { return false }
        if rules.pointee.evaluates == .allMembers { evaluated.insertAll(below: .max) }
        var seen: UInt64 = 0
        var expected = 0
        for (position, member) in object.members.enumerated() {
            let index = rules.pointee.index(of: member.key, from: expected)
            if let index {
                expected = index + 1
                seen |= 1 << UInt64(truncatingIfNeeded: index)
            }
            if !meets(member, rules, property: index, position: position) {
                isMet = false
                if isDone { return false }
            }
        }
        return meetsDemands(object, rules, seen: seen) && isMet
    }

    private mutating func meets(
        _ member: Value.Member, _ rules: UnsafePointer<ObjectRules>, property: Int?, position: Int
    ) -> Bool {
        var isMet = rules.pointee.names.map { applies($0, to: member.key, by: .propertyNames) } ?? true
        if !isMet, isDone { return false }
        var isNamed = false
        var place = PathToken.unnamed(member.key)
        if let property, let schema = rules.pointee.properties[property].schema {
            isNamed = true
            place = .name(rules.pointee.properties[property].key)
            isMet = applies(schema, to: member.value, by: .properties, place, at: place) && isMet
            if !isMet, isDone { return false }
        }
        for pattern in rules.pointee.patterns where pattern.name.pointee.matches(member.key) {
            isNamed = true
            let name = PathToken.name(pattern.name.pointee.source)
            isMet = applies(pattern.schema, to: member.value, by: .patternProperties, name, at: place) && isMet
            if !isMet, isDone { return false }
        }
        guard isNamed else { return meetsRest(member, rules) && isMet }
        if rules.pointee.evaluates != .nothing { evaluated.insert(position) }
        return isMet
    }
}
