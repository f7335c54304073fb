/// One of the bureau's three bases: each has a store and a key ring of its own.
package enum Base: String, CaseIterable, Sendable {
    /// Persons, their debts and the audit log: extremely sensitive.
    case a = "A"
    /// Profiles and scores: sensitive, and read by learning algorithms.
    case b = "B"
    /// Events: not critical, extremely fast.
    case c = "C"
}
