/// A financial event of a person: a record of base C.
public struct Event: Sendable, Hashable, PersonalValue {
    /// The identifier among the events of one person.
    public let eventID: EventID
    /// The time of the event, as reported.
    public let occurredAt: Instant
    public let details: EventDetails

    public init(eventID: EventID, occurredAt: Instant, details: EventDetails) {
        self.eventID = eventID
        self.occurredAt = occurredAt
        self.details = details
    }

    public var kind: EventKind { details.kind }
}

/// The kinds of event that base C keeps of a person.
public enum EventKind: String, TextValue, CaseIterable {
    case bureauQuery = "bureau_query"
    case movement
    case cardPurchase = "card_purchase"
}

/// The members of an event that depend on its kind.
public enum EventDetails: Sendable, Hashable, PersonalValue {
    /// `requester` asked `bureau` about the person; the purpose is absent from queries whose reporter does not tell it.
    case bureauQuery(bureau: String, requester: String, purpose: Purpose? = nil)
    /// Money came or left.
    case movement(direction: Direction, amount: Money, channel: Channel)
    /// A purchase by card; `installments` is 1 for a payment at once.
    case cardPurchase(
        amount: Money, merchantCategoryCode: MerchantCategoryCode, installments: Int, approved: Bool,
        cardLast4: CardLast4?)

    public var kind: EventKind {
        switch self {
        case .bureauQuery: .bureauQuery
        case .movement: .movement
        case .cardPurchase: .cardPurchase
        }
    }
}

/// The direction of a movement: a credit comes to the person, a debit leaves them.
public enum Direction: String, TextValue, CaseIterable {
    case credit, debit
}

/// The means by which money moved.
public enum Channel: String, TextValue, CaseIterable {
    /// The Central Bank's instant payment.
    case pix
    /// A bank transfer of the same day.
    case ted
    /// A payment slip.
    case boleto
    case card, cash, other
}

/// The identifier of an event, chosen by its reporter (such as a Pix end-to-end id) or made from a `RecordID`.
///
/// 1 to 64 bytes of `A-Z a-z 0-9 . _ : -`, hidden from logs because a client may write personal data into them.
public struct EventID: StoredTextValue, Comparable, PersonalValue {
    /// The identifier as it was given.
    public let text: String

    /// Makes the identifier of an event that came without one.
    public init(_ record: RecordID) {
        text = record.text
    }

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard (1...64).contains(text.count), text.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    /// Orders by bytes, which is Swift's order of ASCII strings.
    public static func < (one: EventID, other: EventID) -> Bool { one.text < other.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): true
        default: byte.isLetter || byte.isDigit
        }
    }
}

/// The trade of a merchant: four digits (ISO 18245).
public struct MerchantCategoryCode: TextValue {
    /// The four digits as a number.
    public let number: UInt16

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 4, let number = text.decimal(0..<4) else { return nil }
        self.number = UInt16(number)
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 4, body)
    }
}

/// The last four digits of a card's number, the only ones that may be kept in clear (PCI DSS 4.0, requirement 3.4.1).
public struct CardLast4: TextValue, PersonalValue {
    /// The four digits as a number.
    public let number: UInt16

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 4, let number = text.decimal(0..<4) else { return nil }
        self.number = UInt16(number)
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 4, body)
    }
}
