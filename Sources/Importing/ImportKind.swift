/// What one row of an imported file is.
package enum ImportKind: String, CaseIterable, Sendable {
    case persons, debts, payments, profiles, events
}
