/// The change of one member in a JSON Merge Patch (RFC 7396): absent, `null` or a new value.
public enum Change<Value: Sendable & Hashable>: Sendable, Hashable, PersonalValue {
    /// The member is absent from the patch.
    case keep
    /// The member is `null` in the patch.
    case remove
    /// The member has a value in the patch: a patch to merge, where the member is an object.
    case set(Value)

    /// Returns an optional member after the patch.
    func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .remove: nil
        case .set(let value): value
        }
    }

    /// Returns a required member after the patch. `pointer` names the member in the error.
    func applied(toRequired current: Value?, at pointer: String) throws(PatchError) -> Value {
        guard let value = applied(to: current) else { throw .requiredMemberMissing(pointer: pointer) }
        return value
    }
}

/// The reason why a patch cannot be applied.
public enum PatchError: Error, Hashable {
    /// A required member would be missing after the patch. The JSON Pointer (RFC 6901) begins at the patch, such as
    /// `/address/city`.
    case requiredMemberMissing(pointer: String)
}
