import JSON

extension Evaluation {
    /// Whether a value meets an applicator.
    mutating func meets(_ value: Value, _ applicator: Applicator) -> Bool {
        switch applicator {
        case .reference(let node, let keyword):
            return applies(node, to: value, by: keyword)
        case .all(let nodes):
            return meetsAll(value, nodes)
        case .any(let branches):
            return meetsChosen(value, branches, of: .anyOf) ?? meetsAny(value, branches)
        case .one(let branches):
            return meetsChosen(value, branches, of: .oneOf) ?? meetsOne(value, branches)
        case .not(let node):
            return !quietlyMeets(value, node) || refuse(.notAllowed, by: .not) { nil }
        case .conditional(let conditional):
            return meets(value, conditional)
        case .unevaluated(let rules):
            return meets(value, rules)
        case .memoized(let node):
            return meetsMemoized(value, node)
        }
    }

    private mutating func meets(_ value: Value, _ conditional: UnsafePointer<Conditional>) -> Bool {
        let rule = conditional.pointee
        if tries(rule.condition, on: value, isTracked: rule.isTracked) {
            return rule.then.map { applies($0, to: value, by: .then) } ?? true
        }
        return rule.otherwise.map { applies($0, to: value, by: .else) } ?? true
    }

    private mutating func meetsAll(_ value: Value, _ nodes: UnsafeBufferPointer<Node.Pointer>) -> Bool {
        var isMet = true
        for (index, node) in nodes.enumerated() where !applies(node, to: value, by: .allOf, .index(index)) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    /// Whether an object meets the branch that its discriminator chooses, the only one that can accept the object.
    ///
    /// Returns nil if there is no discriminator or the value is not an object.
    private mutating func meetsChosen(_ value: Value, _ branches: Branches, of keyword: Keyword) -> Bool? {
        guard let discriminator = branches.discriminator, value.kind == .object else { return nil }
        let key = discriminator.pointee.key
        guard let chosen = value[key] else {
            return refuse(.missingMember, by: keyword) { "required: \(String(decoding: key, as: UTF8.self))" }
        }
        guard let index = discriminator.pointee.branch(for: chosen) else {
            return refuse(.notInEnum, by: keyword, at: .name(key)) { discriminator.pointee.accepted }
        }
        return applies(branches.schemas[index], to: value, by: keyword, .index(index))
    }

    private mutating func meetsAny(_ value: Value, _ branches: Branches) -> Bool {
        var isMet = false
        for node in branches.schemas where tries(node, on: value, isTracked: branches.isTracked) {
            isMet = true
            if !branches.isTracked { return true }
        }
        return isMet || refuseAll(branches, for: value, by: .anyOf)
    }

    private mutating func meetsOne(_ value: Value, _ branches: Branches) -> Bool {
        var matches = 0
        for node in branches.schemas where tries(node, on: value, isTracked: branches.isTracked) {
            matches += 1
            if matches > 1 { return refuse(.severalBranchesMatch, by: .oneOf) { nil } }
        }
        return matches == 1 || refuseAll(branches, for: value, by: .oneOf)
    }

    /// Records that no branch accepts a value, or the violations of the only branch that admits the type.
    @inline(never)
    private mutating func refuseAll(_ branches: Branches, for value: Value, by keyword: Keyword) -> Bool {
        guard isCollecting else { return false }
        let admitting = branches.schemas.indices.filter { branches.schemas[$0].pointee.admitsType(of: value) }
        guard admitting.count == 1, let only = admitting.first else {
            return refuse(.noBranchMatches, by: keyword) { nil }
        }
        return applies(branches.schemas[only], to: value, by: keyword, .index(only))
    }

    /// Whether a value meets an optional schema. A schema that is not met evaluates nothing.
    private mutating func tries(_ node: Node.Pointer, on value: Value, isTracked: Bool) -> Bool {
        guard isTracked else { return quietlyMeets(value, node) }
        let before = evaluated
        let isMet = quietlyMeets(value, node)
        if !isMet { evaluated = before }
        return isMet
    }

    /// Whether a value meets a schema that several others apply.
    @inline(never)
    private mutating func meetsMemoized(_ value: Value, _ node: Node.Pointer) -> Bool {
        if memo.skips() { return meets(value, node) }
        if let outcome = memo[value, node], outcome || !isCollecting { return outcome }
        let isMet = meets(value, node)
        memo[value, node] = isMet
        return isMet
    }
}

extension Node {
    /// Whether the schema admits the type of a value, as far as `type` keywords tell.
    fileprivate func admitsType(of value: Value) -> Bool {
        guard types.admits(value) else { return false }
        return applicators.allSatisfy { applicator in
            switch applicator {
            case .reference(let node, _), .memoized(let node): node.pointee.admitsType(of: value)
            case .unevaluated(let rules): rules.pointee.schema.pointee.admitsType(of: value)
            case .all(let nodes): nodes.allSatisfy { $0.pointee.admitsType(of: value) }
            case .any, .one, .not, .conditional: true
            }
        }
    }
}
