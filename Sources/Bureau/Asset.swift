/// Something of value that a person owns.
package struct Asset: Sendable, Hashable, PersonalValue {
    package var kind: AssetKind
    package var value: Money
    /// Whether nothing is owed on it any more; nil when not said.
    package var paidOff: Bool?
    /// What is still owed on it; nil when not said, which counts as nothing.
    package var outstanding: Money?
    /// What it is, in the person's words. Printing an asset does not use it: that shows `Asset(hidden)`.
    package var description: String?

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
