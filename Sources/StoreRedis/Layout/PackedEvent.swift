import Bureau
import Repositories

/// An event as the hash of a subject's events keeps it, the VALUE of `event.lua`: in text of 60 bytes at most for
/// movements and purchases, so that Redis keeps small hashes as one list.
///
/// The kind's letter, TIME and the TIME of the recording are followed by the figures. A capital letter stands for an
/// event whose figures are not known: its body follows as it is.
struct PackedEvent {
    let kind: EventKind
    let occurredAt: Instant
    private let recordedAt: Instant?
    private let details: EventDetails?
    private let body: Slice<UnsafeBufferPointer<UInt8>>

    private static let headCount = 1 + 2 * SortableDigits.timeCount

    /// Reads a value; nil when this program did not write it.
    ///
    /// - Parameter readsFigures: whether more than the kind and the time is needed.
    init?(_ value: UnsafeBufferPointer<UInt8>, readsFigures: Bool = true) {
        guard value.count >= Self.headCount, let kind = EventKind(letter: value[0] | 0x20),
            let occurredAt = SortableDigits.instant(value[1..<11])
        else { return nil }
        self.kind = kind
        self.occurredAt = occurredAt
        body = value[Self.headCount...]
        guard readsFigures, value[0] & 0x20 != 0 else {
            recordedAt = nil
            details = nil
            return
        }
        guard let recordedAt = SortableDigits.instant(value[11..<21]), let details = EventDetails(packed: body, kind)
        else { return nil }
        self.recordedAt = recordedAt == .first ? nil : recordedAt
        self.details = details
    }

    /// Whether a value has the layout of this program's first version, which kept the body alone.
    static func isFormer(_ value: UnsafeBufferPointer<UInt8>) -> Bool { value.first == UInt8(ascii: "{") }

    /// The event as a client receives it.
    func body(_ eventID: EventID, written write: EventBody) -> [UInt8] {
        guard let details else { return Array(body) }
        return write(Event(eventID: eventID, occurredAt: occurredAt, details: details), recordedAt)
    }

    /// The event as a record, without the body where the figures are known.
    func record(of token: SubjectToken, _ eventID: EventID) -> EventRecord {
        EventRecord(
            token: token, kind: kind, occurredAt: occurredAt, eventID: eventID,
            body: details == nil ? Array(body) : [], recordedAt: recordedAt, details: details)
    }

    /// Packs an event.
    static func pack(_ event: EventRecord) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(64)
        value.append(event.details == nil ? event.kind.letter & ~0x20 : event.kind.letter)
        SortableDigits.append(event.occurredAt, to: &value)
        SortableDigits.append(event.recordedAt, to: &value)
        if let details = event.details { details.pack(to: &value) } else { value += event.body }
        return value
    }
}

/// Writes an event, and when base C took it, as a client receives it.
public typealias EventBody = @Sendable (Event, Instant?) -> [UInt8]

extension EventKind {
    /// The letter of the kind in Redis.
    var letter: UInt8 {
        switch self {
        case .bureauQuery: UInt8(ascii: "q")
        case .movement: UInt8(ascii: "m")
        case .cardPurchase: UInt8(ascii: "p")
        }
    }

    init?(letter: UInt8) {
        guard let kind = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = kind
    }
}

extension EventDetails {
    fileprivate func pack(to value: inout [UInt8]) {
        switch self {
        case .bureauQuery(let bureau, let requester, let purpose):
            value.append(purpose?.letter ?? UInt8(ascii: "-"))
            SortableDigits.append(Int64(bureau.utf8.count), digits: 4, to: &value)
            value += bureau.utf8
            value += requester.utf8
        case .movement(let direction, let amount, let channel):
            value += [direction.letter, channel.letter]
            value += String(amount.cents).utf8
        case .cardPurchase(let amount, let merchantCategoryCode, let installments, let approved, let cardLast4):
            value.append(UInt8(ascii: approved ? "y" : "n"))
            merchantCategoryCode.withText { value += $0 }
            if let cardLast4 { cardLast4.withText { value += $0 } } else { value += "----".utf8 }
            value += "\(installments)x\(amount.cents)".utf8
        }
    }

    /// Reads the figures of a kind; nil when this program did not write them.
    fileprivate init?(packed text: Slice<UnsafeBufferPointer<UInt8>>, _ kind: EventKind) {
        let start = text.startIndex
        switch kind {
        case .bureauQuery:
            guard text.count >= 5, let count = SortableDigits.number(text[(start + 1)..<(start + 5)]),
                text.count - 5 >= count
            else { return nil }
            let purpose = Purpose(letter: text[start])
            guard purpose != nil || text[start] == UInt8(ascii: "-") else { return nil }
            let middle = start + 5 + Int(count)
            self = .bureauQuery(
                bureau: String(decoding: text[(start + 5)..<middle], as: UTF8.self),
                requester: String(decoding: text[middle...], as: UTF8.self), purpose: purpose)
        case .movement:
            guard text.count > 2, let direction = Direction(letter: text[start]),
                let channel = Channel(letter: text[start + 1]),
                let cents = Int64(decimal: UnsafeBufferPointer(rebasing: text[(start + 2)...]))
            else { return nil }
            self = .movement(direction: direction, amount: Money(cents: cents), channel: channel)
        case .cardPurchase:
            guard text.count > 9, let cross = text[(start + 9)...].firstIndex(of: UInt8(ascii: "x")),
                let code = MerchantCategoryCode(UnsafeBufferPointer(rebasing: text[(start + 1)..<(start + 5)])),
                let installments = Int64(decimal: UnsafeBufferPointer(rebasing: text[(start + 9)..<cross])),
                let cents = Int64(decimal: UnsafeBufferPointer(rebasing: text[(cross + 1)...]))
            else { return nil }
            self = .cardPurchase(
                amount: Money(cents: cents), merchantCategoryCode: code, installments: Int(installments),
                approved: text[start] == UInt8(ascii: "y"),
                cardLast4: CardLast4(UnsafeBufferPointer(rebasing: text[(start + 5)..<(start + 9)])))
        }
    }
}

/// A value of a closed list, kept as one letter.
private protocol Lettered: CaseIterable, Equatable {
    var letter: UInt8 { get }
}

extension Lettered {
    init?(letter: UInt8) {
        guard let value = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = value
    }
}

extension Direction: Lettered {
    fileprivate var letter: UInt8 {
        switch self {
        case .credit: UInt8(ascii: "c")
        case .debit: UInt8(ascii: "d")
        }
    }
}

extension Channel: Lettered {
    fileprivate var letter: UInt8 {
        switch self {
        case .pix: UInt8(ascii: "p")
        case .ted: UInt8(ascii: "t")
        case .boleto: UInt8(ascii: "b")
        case .card: UInt8(ascii: "k")
        case .cash: UInt8(ascii: "c")
        case .other: UInt8(ascii: "o")
        }
    }
}

extension Purpose: Lettered {
    fileprivate var letter: UInt8 {
        switch self {
        case .creditProtection: UInt8(ascii: "p")
        case .creditApplication: UInt8(ascii: "a")
        case .contractPerformance: UInt8(ascii: "c")
        case .debtCollection: UInt8(ascii: "d")
        case .fraudPrevention: UInt8(ascii: "f")
        case .legalObligation: UInt8(ascii: "l")
        case .judicialOrder: UInt8(ascii: "j")
        case .dataSubjectRequest: UInt8(ascii: "s")
        }
    }
}

extension Int64 {
    /// Reads an optional minus and digits; nil for any other text and for a number out of range.
    init?(decimal text: UnsafeBufferPointer<UInt8>) {
        guard text.first != UInt8(ascii: "+") else { return nil }
        self.init(String(decoding: text, as: UTF8.self))
    }
}
