/// Something of value that a person owns.
package struct Asset: Sendable, Hashable, PersonalValue {
    /// What sort of thing it is.
    package var kind: AssetKind
    /// What it is worth, before what is owed on it.
    package var value: Money
    /// Whether nothing is owed on it any more; nil when not said.
    package var paidOff: Bool?
    /// What is still owed on it; nil when not said, which counts as nothing.
    package var outstanding: Money?
    /// What it is, in the person's words. Printing an asset does not use it: that shows `Asset(hidden)`.
    package var description: String?

    /// Takes the kind and the value, and as much of the rest as is known.
    package init(
        kind: AssetKind, value: Money, paidOff: Bool? = nil, outstanding: Money? = nil, description: String? = nil
    ) {
        self.kind = kind
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
        self.description = description
    }
}
