import Bureau
import Services

extension RecordedDetails {
    /// Reads an event's body that is byte for byte as `Event.json` writes it, without the parser of JSON: extractions
    /// read many of them. Nil for another form, of texts with escapes too, which the parser reads.
    init?(canonical body: UnsafeBufferPointer<UInt8>) {
        var reader = EventBodyReader(bytes: body)
        guard let details = reader.details() else { return nil }
        var recordedAt: Instant?
        if reader.skip(",\"recordedAt\":\"") {
            guard let instant: Instant = reader.value() else { return nil }
            recordedAt = instant
        }
        guard reader.skip("}"), reader.isAtEnd else { return nil }
        self.init(details: details, recordedAt: recordedAt)
    }
}

/// Reads the members of an event in the order in which `Event.json` writes them.
private struct EventBodyReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// Passes over bytes when they come next.
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count <= bytes.count - position else { return false }
        for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
        position += count
        return true
    }

    /// Reads a value whose opening quote was passed over, and passes over the closing one.
    mutating func value<Value: TextValue>() -> Value? { text().flatMap { Value($0) } }

    mutating func details() -> EventDetails? {
        guard skip("{\"eventId\":\""), text() != nil, skip(",\"kind\":\""), let kind: EventKind = value(),
            skip(",\"occurredAt\":\""), text() != nil
        else { return nil }
        switch kind {
        case .bureauQuery: return bureauQuery()
        case .movement: return movement()
        case .cardPurchase: return cardPurchase()
        }
    }

    private mutating func bureauQuery() -> EventDetails? {
        guard skip(",\"bureau\":\""), let bureau = string(), skip(",\"requester\":\""), let requester = string()
        else { return nil }
        guard skip(",\"purpose\":\"") else { return .bureauQuery(bureau: bureau, requester: requester) }
        guard let purpose: Purpose = value() else { return nil }
        return .bureauQuery(bureau: bureau, requester: requester, purpose: purpose)
    }

    private mutating func movement() -> EventDetails? {
        guard skip(",\"direction\":\""), let direction: Direction = value(), skip(",\"amountCents\":"),
            let cents = integer(), skip(",\"channel\":\""), let channel: Channel = value()
        else { return nil }
        return .movement(direction: direction, amount: Money(cents: cents), channel: channel)
    }

    private mutating func cardPurchase() -> EventDetails? {
        guard skip(",\"amountCents\":"), let cents = integer(), skip(",\"merchantCategoryCode\":\""),
            let code: MerchantCategoryCode = value(), skip(",\"installments\":"), let installments = integer(),
            skip(",\"approved\":")
        else { return nil }
        let isApproved = skip("true")
        guard isApproved || skip("false") else { return nil }
        var cardLast4: CardLast4?
        if skip(",\"cardLast4\":\"") {
            guard let digits: CardLast4 = value() else { return nil }
            cardLast4 = digits
        }
        return .cardPurchase(
            amount: Money(cents: cents), merchantCategoryCode: code, installments: Int(installments),
            approved: isApproved, cardLast4: cardLast4)
    }

    /// Reads the text up to the closing quote; nil when it has an escape, or a byte that JSON does not allow.
    private mutating func text() -> UnsafeBufferPointer<UInt8>? {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return UnsafeBufferPointer(rebasing: bytes[start..<position - 1])
            case UInt8(ascii: "\\"), ..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func string() -> String? { text().flatMap { String(validating: $0, as: UTF8.self) } }

    /// Reads a whole number of up to 18 digits without a sign or a leading zero; nil for any other.
    private mutating func integer() -> Int64? {
        let start = position
        var integer: Int64 = 0
        while position < bytes.count, position - start < 18, let digit = Self.digit(bytes[position]) {
            integer = integer * 10 + digit
            position += 1
        }
        let count = position - start
        let isWritten = count == 1 || count > 1 && bytes[start] != UInt8(ascii: "0")
        return isWritten && (position == bytes.count || Self.digit(bytes[position]) == nil) ? integer : nil
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}
