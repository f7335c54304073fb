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

    @Test("a merchant category and the end of a card number are four digits")
    func readsFourDigits() {
        #expect(MerchantCategoryCode("0742")?.text == "0742")
        #expect(CardLast4("0000")?.text == "0000")
        for text in ["", "742", "07420", "074a", "-742", " 742", "+742"] {
            #expect(MerchantCategoryCode(text) == nil)
            #expect(CardLast4(text) == nil)
        }
    }
}

@Suite("EventID")
struct EventIDTests {
    @Test(
        "an identifier is kept as given",
        arguments: [
            "a", "E00416968202611201530aBcDeF12345", "a.b_c:d-E9", String(repeating: "x", count: 64),
        ])
    func reads(_ text: String) {
        #expect(EventID(text)?.text == text)
    }

    @Test("exactly 66 of the 256 bytes are allowed")
    func allowsBytes() {
        let allowed = (UInt8.min...UInt8.max).filter { byte in
            [byte].withUnsafeBufferPointer { EventID($0) } != nil
        }
        let expected = "-.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        #expect(allowed == Array(expected.utf8))
    }

    @Test(
        "an empty, a longer or another text is refused", arguments: ["", String(repeating: "x", count: 65), "a b", "é"])
    func refuses(_ text: String) {
        #expect(EventID(text) == nil)
    }

    @Test("a record's identifier becomes an event's")
    func takesRecordID() {
        let record = RecordID(high: 0x017F_22E2_79B0_7CC3, low: 0x98C4_DC0C_0C07_398F)
        #expect(EventID(record).text == record.text)
        #expect(EventID(record.text) == EventID(record))
    }

    @Test("the order is that of the bytes")
    func orders() {
        let identifiers = ["-", ".", "0", "9", ":", "A", "Z", "_", "a", "aa", "b"].compactMap { EventID($0) }
        #expect(identifiers.shuffled().sorted() == identifiers)
    }
}
