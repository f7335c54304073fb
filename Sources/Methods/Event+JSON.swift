import Bureau
import JSON
import JSONRPC
import Repositories

extension EventDetails {
    /// Reads the members that the event's kind has.
    init(_ reader: ObjectReader) throws(Failure) {
        switch try reader.required("kind", EventKind.self) {
        case .bureauQuery:
            self = .bureauQuery(bureau: try reader.text("bureau"), requester: try reader.text("requester"))
        case .movement:
            self = .movement(
                direction: try reader.required("direction"), amount: try reader.money("amountCents"),
                channel: try reader.required("channel"))
        case .cardPurchase:
            self = .cardPurchase(
                amount: try reader.money("amountCents"),
                merchantCategoryCode: try reader.required("merchantCategoryCode"),
                installments: try reader.integer("installments"), approved: reader.optionalBool("approved") ?? false,
                cardLast4: try reader.optional("cardLast4"))
        }
    }
}

extension Event {
    /// The event as it is answered, and as base C keeps it: what `types/event.json` describes.
    package var json: [UInt8] {
        var writer = Writer(reserving: 256)
        writer.object { event in
            event.member("eventId", eventID)
            event.member("kind", kind)
            event.member("occurredAt", occurredAt)
            details.writeMembers(to: &event)
        }
        return writer.take()
    }
}

extension EventDetails {
    fileprivate func writeMembers(to event: inout Writer) {
        switch self {
        case .bureauQuery(let bureau, let requester):
            event.member("bureau", bureau)
            event.member("requester", requester)
        case .movement(let direction, let amount, let channel):
            event.member("direction", direction)
            event.member("amountCents", amount.cents)
            event.member("channel", channel)
        case .cardPurchase(let amount, let merchantCategoryCode, let installments, let approved, let cardLast4):
            event.member("amountCents", amount.cents)
            event.member("merchantCategoryCode", merchantCategoryCode)
            event.member("installments", Int64(installments))
            event.member("approved", approved)
            event.optional("cardLast4", cardLast4)
        }
    }
}

extension LatestEvents {
    /// Appends what `types/latest-events.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.key("bureau_query")
            result.json(bureauQuery)
            result.key("movement")
            result.json(movement)
            result.key("card_purchase")
            result.json(cardPurchase)
        }
    }
}
