/// What a scorecard may look at.
package enum CharacteristicName: String, TextValue, CaseIterable {
    case age
    case income
    case assets
    case housing
    case employmentTenure
}
