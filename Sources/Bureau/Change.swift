/// What a JSON Merge Patch (RFC 7396) says of one member: nothing, `null`, or a new value.
package enum Change<Value: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    /// The member is absent from the patch.
    case keep
    /// The member is `null` in the patch.
    case remove
    /// The member has a value in the patch. For a patch of an object, that is a patch to merge.
    case set(Value)
}

extension Change {
    /// The member after the patch, when a record may be without it.
    func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .remove: nil
        case .set(let value): value
        }
    }

    /// The member after the patch, when a record must have it. `pointer` names it in the error.
    func applied(toRequired current: Value?, at pointer: String) throws(PatchError) -> Value {
        guard let value = applied(to: current) else { throw .requiredMemberMissing(pointer: pointer) }
        return value
    }
}
