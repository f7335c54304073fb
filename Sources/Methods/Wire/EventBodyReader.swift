import Bureau
import Glibc
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
        guard count <= bytes.count - position, let start = bytes.baseAddress,
            memcmp(start + position, text.utf8Start, count) == 0
        else { return false }
        position += count
        return true
    }

    /// Reads a value whose opening quote was passed over, and passes over the closing one.
    mutating func value<Value: TextValue>() -> Value? { text().flatMap { Value($0) } }

    mutating func details() -> EventDetails? {
        guard skip("{\"eventId\":\""), text() != nil, skip(",\"kind\":\"") else { return nil }
        if skip("movement\"") { return skipTime() ? movement() : nil }
        if skip("card_purchase\"") { return skipTime() ? cardPurchase() : nil }
        return skip("bureau_query\"") && skipTime() ? bureauQuery() : nil
    }

    private mutating func skipTime() -> Bool { skip(",\"occurredAt\":\"") && text() != nil }

    private mutating func bureauQuery() -> EventDetails? {
        guard skip(",\"bureau\":\""), let bureau = string(), skip(",\"requester\":\""), let requester = string()
        else { return nil }
        guard skip(",\"purpose\":\"") else { return .bureauQuery(bureau: bureau, requester: requester) }
        guard let purpose: Purpose = value() else { return nil }
        return .bureauQuery(bureau: bureau, requester: requester, purpose: purpose)
    }

    private mutating func movement() -> EventDetails? {
        guard skip(",\"direction\":\"") else { return nil }
        let isDebit = skip("debit\"")
        guard isDebit || skip("credit\""), skip(",\"amountCents\":"), let cents = integer(),
            skip(",\"channel\":\""), let channel: Channel = value()
        else { return nil }
        return .movement(direction: isDebit ? .debit : .credit, amount: Money(cents: cents), channel: channel)
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
        skipPlainWords()
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return UnsafeBufferPointer(rebasing: bytes[start..<position - 1]) }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
        }
        return nil
    }

    /// Passes over eight bytes at a time that have no quote, no escape and no control character among them.
    private mutating func skipPlainWords() {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let text = UnsafeRawBufferPointer(bytes)
        while position + 8 <= text.count {
            let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // A byte below a number, or equal to one, borrows from its highest bit (S. E. Anderson, Bit Twiddling
            // Hacks).
            let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
            let escapes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
            let found = (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes
            if found & highs != 0 { return }
            position += 8
        }
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
