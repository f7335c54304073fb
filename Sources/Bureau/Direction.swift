/// Whether money came to a person or left them.
package enum Direction: String, TextValue, CaseIterable {
    case credit
    case debit
}
