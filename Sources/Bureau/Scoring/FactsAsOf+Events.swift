/// The characteristics of base C's events. A window of w days holds what occurred after T - w days, up to T.
///
/// Events are gone through in place: an array for each window would cost more than all that is counted.
extension FactsAsOf {
    func numberOfQueries(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().queries
        switch name {
        case .inquiries30: return try inquiries(of: kind, days: 30)
        case .inquiries90: return try inquiries(of: kind, days: 90)
        case .inquiries180: return try inquiries(of: kind, days: 180)
        case .inquiryRequesters90:
            var requesters = DistinctNumbers()
            try forEach(in: 90, of: kind) { requesters.insert(Int64($0.content.requester)) }
            return requesters.count
        case .daysSinceInquiry:
            var last: Instant?
            try forEachKnown(in: 180, of: kind) { last = max(last ?? $0.occurredAt, $0.occurredAt) }
            // What was dropped is older than what is here, unless all that was known then has been dropped since.
            guard kind.completeAfter <= last ?? instant.earlier(days: 180) else { throw NoValue(.truncated) }
            guard let last else { throw NoValue(.notApplicable) }
            return CalendarDate.inSaoPaulo(last).days(until: day)
        default: throw NoValue(.noRecord)
        }
    }

    /// The queries of a window, of which several by one requester on one day are one.
    private func inquiries(of kind: KindFacts<QueryFacts>, days: Int) throws(NoValue) -> Int64 {
        var inquiries = DistinctNumbers()
        try forEach(in: days, of: kind) { query in
            let day = Int64(CalendarDate.inSaoPaulo(query.occurredAt).daysSinceEpoch)
            inquiries.insert(Int64(query.content.requester) << 32 | day & 0xFFFF_FFFF)
        }
        return inquiries.count
    }

    func numberOfMovements(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().movements
        var (credit, debit, cashDebit) = (Int128(0), Int128(0), Int128(0))
        var days = DistinctNumbers()
        var isEmpty = true
        try forEach(in: 90, of: kind) { movement in
            isEmpty = false
            if name == .movementDays90 {
                days.insert(Int64(CalendarDate.inSaoPaulo(movement.occurredAt).daysSinceEpoch))
                return
            }
            let cents = Int128(movement.content.amount.cents)
            switch movement.content.direction {
            case .credit: credit += cents
            case .debit:
                debit += cents
                if movement.content.isCash { cashDebit += cents }
            }
        }
        if isEmpty { try requireRecord(of: kind) }
        switch name {
        case .inflowToIncome90: return try share(credit, of: 3 * Int128(try income()))
        case .outflowToInflow90: return try share(debit, of: credit)
        case .movementDays90: return days.count
        case .cashShare90: return try share(cashDebit, of: debit)
        default: throw NoValue(.noRecord)
        }
    }

    func numberOfPurchases(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().purchases
        var (count, declined) = (0, 0)
        var (approved, inInstallments) = (Int128(0), Int128(0))
        try forEach(in: 90, of: kind) { purchase in
            count += 1
            guard purchase.content.isApproved else {
                declined += 1
                return
            }
            approved += Int128(purchase.content.amount.cents)
            if purchase.content.isInInstallments { inInstallments += Int128(purchase.content.amount.cents) }
        }
        if count == 0 { try requireRecord(of: kind) }
        switch name {
        case .cardDeclinedShare90: return try share(Int128(declined), of: Int128(count))
        case .cardSpend90: return Int64(clamping: approved)
        case .installmentShare90: return try share(inInstallments, of: approved)
        default: throw NoValue(.noRecord)
        }
    }

    private func events() throws(NoValue) -> EventFacts {
        guard let events = facts.events else { throw NoValue(.noRecord) }
        return events
    }

    /// Throws `noRecord` when no event of a kind is known that occurred in the days that facts hold, as of somebody
    /// whose movements or purchases nobody reports.
    private func requireRecord<Content: EventContent>(of kind: KindFacts<Content>) throws(NoValue) {
        var isKnown = false
        try forEachKnown(in: CreditFacts.eventDays, of: kind) { _ in isKnown = true }
        if !isKnown { throw NoValue(.noRecord) }
    }

    /// Gives each event of a window to `body`. Throws `truncated` when some may have been dropped.
    private func forEach<Content: EventContent>(
        in days: Int, of kind: KindFacts<Content>, _ body: (DatedFact<Content>) -> Void
    ) throws(NoValue) {
        try forEachKnown(in: days, of: kind, body)
        guard kind.completeAfter <= instant.earlier(days: days) else { throw NoValue(.truncated) }
    }

    /// Gives each event to `body` that counts, occurred in a window, and was recorded by the instant. Throws
    /// `notKnownThen` when nobody knows since when an event was recorded.
    private func forEachKnown<Content: EventContent>(
        in days: Int, of kind: KindFacts<Content>, _ body: (DatedFact<Content>) -> Void
    ) throws(NoValue) {
        let start = instant.earlier(days: days)
        for event in kind.events where event.occurredAt > start && event.occurredAt <= instant {
            guard event.content.isCounted else { continue }
            guard let recordedAt = event.recordedAt ?? undatedRecordedAt else { throw NoValue(.notKnownThen) }
            if isRecorded(at: recordedAt) { body(event) }
        }
    }
}

/// What is known of an event of one kind.
private protocol EventContent: Hashable, Sendable {
    /// Whether the event tells anything about the person.
    var isCounted: Bool { get }
}

extension QueryFacts: EventContent {
    /// The person's own look at their data tells nobody anything about them (Lei 12.414/2011, art. 7-A, III).
    fileprivate var isCounted: Bool { purpose != .dataSubjectRequest }
}

extension MovementFacts: EventContent {
    fileprivate var isCounted: Bool { true }
}

extension PurchaseFacts: EventContent {
    fileprivate var isCounted: Bool { true }
}

/// Numbers of which each counts once.
struct DistinctNumbers {
    private var numbers: [Int64] = []

    mutating func insert(_ number: Int64) {
        if numbers.last != number { numbers.append(number) }
    }

    var count: Int64 {
        if numbers.count < 2 { return Int64(numbers.count) }
        var distinct: Int64 = 1
        let sorted = numbers.sorted()
        for index in 1..<sorted.count where sorted[index] != sorted[index - 1] { distinct += 1 }
        return distinct
    }
}
