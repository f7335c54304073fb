import JSON

extension Evaluation {
    /// Whether an object meets the rules for objects: one walk over its members.
    mutating func meets(_ object: Value, _ rules: UnsafePointer<ObjectRules>) -> Bool {
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
        if !meetsRequired(object, rules, seen: seen) {
            isMet = false
            if isDone { return false }
        }
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
        switch rules.pointee.rest {
        case .anything: return true
        case .nothing: return refuse(.unknownMember, by: .additionalProperties) { rules.pointee.acceptedNames }
        case .schema(let node): return applies(node, to: member.value, by: .additionalProperties, at: .unnamed)
        }
    }

    private mutating func meetsRequired(_ object: Value, _ rules: UnsafePointer<ObjectRules>, seen: UInt64) -> Bool {
        let properties = rules.pointee.properties
        guard rules.pointee.requiredMask & ~seen != 0 || properties.count > 64 else { return true }
        var isMet = true
        for property in properties where property.isRequired && object[property.key] == nil {
            isMet = refuse(.missingMember, by: .required) {
                "required: \(String(decoding: property.key, as: UTF8.self))"
            }
            if isDone { return false }
        }
        return isMet
    }

    private mutating func meets(_ object: Value, _ dependent: ObjectRules.Dependent) -> Bool {
        switch dependent {
        case .members(let key, let required):
            guard object[key] != nil else { return true }
            for name in required where object[name] == nil {
                return refuse(.missingMember, by: .dependentRequired) {
                    "required: \(String(decoding: name, as: UTF8.self))"
                }
            }
            return true
        case .schema(let key, let node):
            return object[key] == nil || applies(node, to: object, by: .dependentSchemas, .name(key))
        }
    }
}

extension ObjectRules {
    /// The names under `properties`, for people.
    fileprivate var acceptedNames: String {
        "one of "
            + properties.filter { $0.schema != nil }.map { String(decoding: $0.key, as: UTF8.self) }
            .joined(separator: ", ")
    }
}
