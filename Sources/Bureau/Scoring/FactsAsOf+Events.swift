/// The characteristics of base C's events. A window of w days holds what occurred after T - w days, up to T.
extension FactsAsOf {
    func numberOfQueries(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().queries
        switch name {
        case .inquiries30: return try inquiries(of: kind, days: 30)
        case .inquiries90: return try inquiries(of: kind, days: 90)
        case .inquiries180: return try inquiries(of: kind, days: 180)
        case .inquiryRequesters90:
            let queries = try window(90, of: kind) { !$0.isOwnAccess }
            return Int64(Set(queries.map(\.content.requester)).count)
        case .daysSinceInquiry:
            let queries = try known(180, of: kind) { !$0.isOwnAccess }
            let last = queries.map(\.occurredAt).max()
            // What was dropped is older than what is here, unless all that was known then has been dropped since.
            guard kind.completeAfter <= last ?? instant.earlier(days: 180) else { throw NoValue(.truncated) }
            guard let last else { throw NoValue(.notApplicable) }
            return CalendarDate.inSaoPaulo(last).days(until: day)
        default: throw NoValue(.noRecord)
        }
    }

    /// The queries of a window, of which several by one requester on one day are one.
    private func inquiries(of kind: KindFacts<QueryFacts>, days: Int) throws(NoValue) -> Int64 {
        struct Inquiry: Hashable {
            let requester: Int
            let day: CalendarDate
        }
        let queries = try window(days, of: kind) { !$0.isOwnAccess }
        let inquiries = queries.map { query in
            Inquiry(requester: query.content.requester, day: .inSaoPaulo(query.occurredAt))
        }
        return Int64(Set(inquiries).count)
    }

    func numberOfMovements(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().movements
        let movements = try window(90, of: kind) { _ in true }
        if movements.isEmpty { try requireRecord(of: kind) }
        func total(_ direction: Direction, cashOnly: Bool = false) -> Int128 {
            movements.reduce(into: 0) { sum, movement in
                let isCounted = movement.content.direction == direction && (!cashOnly || movement.content.isCash)
                if isCounted { sum += Int128(movement.content.amount.cents) }
            }
        }
        switch name {
        case .inflowToIncome90: return try share(total(.credit), of: 3 * Int128(try income()))
        case .outflowToInflow90: return try share(total(.debit), of: total(.credit))
        case .movementDays90: return Int64(Set(movements.map { CalendarDate.inSaoPaulo($0.occurredAt) }).count)
        case .cashShare90: return try share(total(.debit, cashOnly: true), of: total(.debit))
        default: throw NoValue(.noRecord)
        }
    }

    func numberOfPurchases(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let kind = try events().purchases
        let purchases = try window(90, of: kind) { _ in true }
        if purchases.isEmpty { try requireRecord(of: kind) }
        func approved(inInstallments: Bool = false) -> Int128 {
            purchases.reduce(into: 0) { sum, purchase in
                let isCounted =
                    purchase.content.isApproved && (!inInstallments || purchase.content.isInInstallments)
                if isCounted { sum += Int128(purchase.content.amount.cents) }
            }
        }
        switch name {
        case .cardDeclinedShare90:
            return try share(Int128(purchases.count { !$0.content.isApproved }), of: Int128(purchases.count))
        case .cardSpend90: return Int64(clamping: approved())
        case .installmentShare90: return try share(approved(inInstallments: true), of: approved())
        default: throw NoValue(.noRecord)
        }
    }

    private func events() throws(NoValue) -> EventFacts {
        guard let events = facts.events else { throw NoValue(.noRecord) }
        return events
    }

    /// Throws `noRecord` when no event of a kind is known that occurred in the days that facts hold, as of somebody
    /// whose movements or purchases nobody reports.
    private func requireRecord<Content>(of kind: KindFacts<Content>) throws(NoValue) {
        if try known(CreditFacts.eventDays, of: kind, where: { _ in true }).isEmpty { throw NoValue(.noRecord) }
    }

    /// The events of a window. Throws `truncated` when some may have been dropped.
    private func window<Content>(
        _ days: Int, of kind: KindFacts<Content>, where isCounted: (Content) -> Bool
    ) throws(NoValue) -> [DatedFact<Content>] {
        let events = try known(days, of: kind, where: isCounted)
        guard kind.completeAfter <= instant.earlier(days: days) else { throw NoValue(.truncated) }
        return events
    }

    /// The events of a window that are here and were recorded by the instant. Throws `notKnownThen` when nobody knows
    /// since when an event was recorded.
    private func known<Content>(
        _ days: Int, of kind: KindFacts<Content>, where isCounted: (Content) -> Bool
    ) throws(NoValue) -> [DatedFact<Content>] {
        let start = instant.earlier(days: days)
        var known: [DatedFact<Content>] = []
        for event in kind.events where event.occurredAt > start && event.occurredAt <= instant {
            guard isCounted(event.content) else { continue }
            guard let recordedAt = event.recordedAt ?? (isPresent ? instant : nil) else { throw NoValue(.notKnownThen) }
            if isRecorded(at: recordedAt) { known.append(event) }
        }
        return known
    }
}
