/// The kinds of event that base C keeps of a person.
package enum EventKind: String, TextValue, CaseIterable {
    case bureauQuery = "bureau_query"
    case movement
    case cardPurchase = "card_purchase"
}
