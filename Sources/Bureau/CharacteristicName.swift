/// What a scorecard may look at, and in what unit.
package enum CharacteristicName: String, TextValue, CaseIterable {
    /// Completed years.
    case age
    /// Centavos of a month.
    case monthlyIncome = "monthly_income"
    /// Centavos.
    case netAssets = "net_assets"
    /// The terms of housing, a category.
    case housing
    /// Completed months since the earliest salary or self-employment began.
    case employmentTenure = "employment_tenure"
}
