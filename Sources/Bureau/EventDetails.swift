/// What happened, with the members that its kind has.
package enum EventDetails: Sendable, Hashable, PersonalValue {
    /// `requester` asked `bureau` about the person.
    case bureauQuery(bureau: String, requester: String)
    /// Money came or left.
    case movement(direction: Direction, amount: Money, channel: Channel)
    /// A card was presented; `installments` is 1 when it was paid at once.
    case cardPurchase(
        amount: Money, merchantCategoryCode: MerchantCategoryCode, installments: Int, approved: Bool,
        cardLast4: CardLast4?)

    /// Which kind the details belong to.
    package var kind: EventKind {
        switch self {
        case .bureauQuery: .bureauQuery
        case .movement: .movement
        case .cardPurchase: .cardPurchase
        }
    }
}
