/// On what terms a person lives in their home.
package enum Housing: String, TextValue, CaseIterable {
    case own
    case rent
    /// Lives without paying, with family or an employer for one.
    case forFree = "for_free"
}
