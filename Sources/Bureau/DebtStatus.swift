/// Where a debt stands.
package enum DebtStatus: String, TextValue, CaseIterable {
    /// Owed, and not yet due or not yet reported late.
    case open
    /// Due and not paid.
    case overdue
    /// Paid in full.
    case settled
    /// Contested by the person.
    case disputed
}
