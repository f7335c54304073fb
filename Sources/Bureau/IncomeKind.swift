/// Where an income comes from.
package enum IncomeKind: String, TextValue, CaseIterable {
    case salary
    case selfEmployed = "self_employed"
    case pension
    case rental
    case other
}
