/// Why a patch cannot be applied.
package enum PatchError: Error, Hashable {
    /// A member that a record must have would be missing after the patch. The JSON Pointer (RFC 6901) begins at the
    /// patch, such as `/address/city`.
    case requiredMemberMissing(pointer: String)
}
