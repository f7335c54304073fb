import JSON

extension Evaluation {
    /// Whether a value meets what an applicator asks of it.
    mutating func meets(_ value: Value, _ applicator: Applicator) -> Bool {
        switch applicator {
        case .reference(let node):
            return applies(node, to: value, by: .ref)
        case .all(let nodes):
            return meetsAll(value, nodes)
        case .any(let branches):
            return meetsChosen(value, branches, of: .anyOf) ?? meetsAny(value, branches.schemas)
        case .one(let branches):
            return meetsChosen(value, branches, of: .oneOf) ?? meetsOne(value, branches.schemas)
        case .not(let node):
            return !quietlyMeets(value, node) || refuse(.notAllowed, by: .not) { nil }
        case .conditional(let condition, let then, let otherwise):
            if quietlyMeets(value, condition) { return then.map { applies($0, to: value, by: .then) } ?? true }
            return otherwise.map { applies($0, to: value, by: .else) } ?? true
        }
    }

    private mutating func meetsAll(_ value: Value, _ nodes: UnsafeBufferPointer<Node.Pointer>) -> Bool {
        var isMet = true
        for (index, node) in nodes.enumerated() where !applies(node, to: value, by: .allOf, .index(index)) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    /// Whether an object meets the one branch that its discriminator names, which says all: no other can accept it.
    /// nil when there is no discriminator, or the value is no object.
    private mutating func meetsChosen(_ value: Value, _ branches: Applicator.Branches, of keyword: Keyword) -> Bool? {
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

    private mutating func meetsAny(_ value: Value, _ nodes: UnsafeBufferPointer<Node.Pointer>) -> Bool {
        for node in nodes where quietlyMeets(value, node) { return true }
        return refuse(.noBranchMatches, by: .anyOf) { nil }
    }

    private mutating func meetsOne(_ value: Value, _ nodes: UnsafeBufferPointer<Node.Pointer>) -> Bool {
        var matches = 0
        for node in nodes where quietlyMeets(value, node) {
            matches += 1
            if matches > 1 { return refuse(.severalBranchesMatch, by: .oneOf) { nil } }
        }
        return matches == 1 || refuse(.noBranchMatches, by: .oneOf) { nil }
    }
}
