import Testing

@testable import Bureau

@Suite("Event")
struct EventTests {
    @Test(
        "the details tell the kind",
        arguments: [
            (EventDetails.bureauQuery(bureau: "Serasa", requester: "Loja"), EventKind.bureauQuery),
            (.movement(direction: .credit, amount: Money(cents: 1), channel: .pix), .movement),
            (
                .cardPurchase(
                    amount: Money(cents: 1), merchantCategoryCode: Sample.parse("5411"), installments: 1,
                    approved: true,
                    cardLast4: nil), .cardPurchase
            ),
        ])
    func hasKind(_ details: EventDetails, _ kind: EventKind) {
        let event = Event(eventID: Sample.event.eventID, occurredAt: Sample.event.occurredAt, details: details)
        #expect(event.kind == kind)
    }
}
