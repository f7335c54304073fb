import JSON

extension Evaluation {
    /// Whether an object meets the rules for objects, in one pass over its members.
    mutating func meets(_ object: Value, _ rules: UnsafePointer<ObjectRules>) -> Bool {
        guard rules.pointee.arePlain else { return meetsWithPatterns(object, rules) }
        var isMet = meetsCounts(object, rules)
        if !isMet, isDone { return false }
        var seen: UInt64 = 0
        var expected = 0
        for member in object.members {
            let index = rules.pointee.index(of: member.key, from: expected)
            if let index {
                expected = index + 1
                seen |= 1 << UInt64(truncatingIfNeeded: index)
            }
            if !meets(member, rules, property: index) {
                isMet = false
                if isDone { return false }
            }
        }
        return meetsDemands(object, rules, seen: seen) && isMet
    }

    /// Whether an object has all required and dependent members.
    ///
    /// `seen` has a bit for each of the first 64 properties, set if the object has the property.
    private mutating func meetsDemands(_ object: Value, _ rules: UnsafePointer<ObjectRules>, seen: UInt64) -> Bool {
        var isMet = meetsRequired(object, rules, seen: seen)
        if !isMet, isDone { return false }
        for dependent in rules.pointee.dependents where !meets(object, dependent) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    private mutating func meetsCounts(_ object: Value, _ rules: UnsafePointer<ObjectRules>) -> Bool {
        let (least, most) = (rules.pointee.minimumCount, rules.pointee.maximumCount)
        if object.count < least { return refuse(.tooFewMembers, by: .minProperties) { "at least \(least) members" } }
        return object.count <= most || refuse(.tooManyMembers, by: .maxProperties) { "at most \(most) members" }
    }

    @inline(__always)
    private mutating func meets(_ member: Value.Member, _ rules: UnsafePointer<ObjectRules>, property: Int?) -> Bool {
        if let names = rules.pointee.names, !applies(names, to: member.key, by: .propertyNames) { return false }
        if let property {
            let property = rules.pointee.properties[property]
            if let schema = property.schema {
                let name = PathToken.name(property.key)
                return applies(schema, to: member.value, by: .properties, name, at: name)
            }
        }
        return meetsRest(member, rules)
    }

    /// Whether a member meets the rule for members that the schema does not name.
    @inline(__always)
    private mutating func meetsRest(_ member: Value.Member, _ rules: UnsafePointer<ObjectRules>) -> Bool {
        switch rules.pointee.rest {
        case .anything: return true
        case .nothing:
            return refuse(.unknownMember, by: .additionalProperties, at: .unknown(member.key)) {
                rules.pointee.acceptedNames
            }
        case .schema(let node):
            return applies(node, to: member.value, by: .additionalProperties, at: .unnamed(member.key))
        }
    }

    private mutating func meetsRequired(_ object: Value, _ rules: UnsafePointer<ObjectRules>, seen: UInt64) -> Bool {
        let properties = rules.pointee.properties
        if properties.count > 64 { return meetsManyRequired(object, properties) }
        guard rules.pointee.requiredMask & ~seen != 0 else { return true }
        var isMet = true
        for property in properties where property.isRequired && object[property.key] == nil {
            isMet = refuseAbsence(of: property)
            if isDone { return false }
        }
        return isMet
    }

    /// Checks more required members than a bit mask can hold.
    @inline(never)
    private mutating func meetsManyRequired(
        _ object: Value, _ properties: UnsafeBufferPointer<ObjectRules.Property>
    ) -> Bool {
        let keys = Set(object.members.map { $0.key.withUTF8 { Array($0) } })
        var isMet = true
        for property in properties where property.isRequired && !keys.contains(Array(property.key)) {
            isMet = refuseAbsence(of: property)
            if isDone { return false }
        }
        return isMet
    }

    private mutating func refuseAbsence(of property: ObjectRules.Property) -> Bool {
        refuse(.missingMember, by: .required) { "required: \(String(decoding: property.key, as: UTF8.self))" }
    }

    private mutating func meets(_ object: Value, _ dependent: ObjectRules.Dependent) -> Bool {
        guard object[dependent.key] != nil else { return true }
        switch dependent.demand {
        case .members(let required):
            for name in required where object[name] == nil {
                return refuse(.missingMember, by: dependent.keyword) {
                    "required: \(String(decoding: name, as: UTF8.self))"
                }
            }
            return true
        case .schema(let node):
            return applies(node, to: object, by: dependent.keyword, .name(dependent.key))
        }
    }
}

// Patterns and tracking.
extension Evaluation {
    /// Whether an object meets rules with patterns or tracking.
    // Not inlined: rarely used code would slow the common path.
    @inline(never)
    private mutating func meetsWithPatterns(_ object: Value, _ rules: UnsafePointer<ObjectRules>) -> Bool {
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
        var child = PathToken.unnamed(member.key)
        if let property, let schema = rules.pointee.properties[property].schema {
            isNamed = true
            child = .name(rules.pointee.properties[property].key)
            isMet = applies(schema, to: member.value, by: .properties, child, at: child) && isMet
            if !isMet, isDone { return false }
        }
        for pattern in rules.pointee.patterns where pattern.name.pointee.matches(member.key) {
            isNamed = true
            let name = PathToken.name(pattern.name.pointee.source)
            isMet = applies(pattern.schema, to: member.value, by: .patternProperties, name, at: child) && isMet
            if !isMet, isDone { return false }
        }
        guard isNamed else { return meetsRest(member, rules) && isMet }
        if rules.pointee.evaluates != .nothing { evaluated.insert(position) }
        return isMet
    }
}
