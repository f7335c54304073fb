import JSON

extension Evaluation {
    /// Whether a value meets a schema with `unevaluatedItems` or `unevaluatedProperties`.
    ///
    /// The two are applied only if all other keywords are met, because these determine what remains unevaluated.
    @inline(never)
    mutating func meets(_ value: Value, _ rules: UnsafePointer<Unevaluated>) -> Bool {
        guard value.isContainer else { return meets(value, rules.pointee.schema) }
        let around = evaluated
        evaluated = EvaluatedPositions()
        var isMet = meets(value, rules.pointee.schema)
        if isMet {
            isMet =
                value.kind == .array
                ? meetsItems(value, rules.pointee.items) : meetsProperties(value, rules.pointee.properties, rules)
        }
        let inside = evaluated
        evaluated = around
        if isMet, rules.pointee.isTracked { evaluated.formUnion(inside) }
        return isMet
    }

    private mutating func meetsItems(_ array: Value, _ rule: RestRule?) -> Bool {
        guard let rule else { return true }
        var isMet = true
        for (index, element) in array.elements.enumerated() where !evaluated.contains(index) {
            switch rule {
            case .anything: break
            case .nothing: isMet = refuse(.tooManyItems, by: .unevaluatedItems) { nil }
            case .schema(let node):
                isMet = applies(node, to: element, by: .unevaluatedItems, at: .index(index)) && isMet
            }
            if !isMet, isDone { return false }
        }
        evaluated.insertAll(below: .max)
        return isMet
    }

    private mutating func meetsProperties(
        _ object: Value, _ rule: RestRule?, _ rules: UnsafePointer<Unevaluated>
    ) -> Bool {
        guard let rule else { return true }
        var isMet = true
        for (position, member) in object.members.enumerated() where !evaluated.contains(position) {
            switch rule {
            case .anything: break
            case .nothing:
                isMet = refuse(.unknownMember, by: .unevaluatedProperties, at: .unknown(member.key)) {
                    rules.pointee.schema.pointee.acceptedNames
                }
            case .schema(let node):
                isMet = applies(node, to: member.value, by: .unevaluatedProperties, at: .unnamed(member.key)) && isMet
            }
            if !isMet, isDone { return false }
        }
        evaluated.insertAll(below: .max)
        return isMet
    }
}
