/// One of the bureau's three bases, which share no key.
package enum Base: String, Sendable, CaseIterable {
    /// The sensitive base: names, contacts, addresses, debts.
    case a = "A"
    /// The scoring base: birth date, assets, income.
    case b = "B"
    /// The base of events.
    case c = "C"
}
