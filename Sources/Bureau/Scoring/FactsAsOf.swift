/// Facts as of an instant, from which characteristics are computed: what had occurred and was recorded by then.
///
/// The day is that of São Paulo. Figures are whole numbers; shares are percentages, rounded down.
struct FactsAsOf {
    let facts: CreditFacts
    let instant: Instant
    let day: CalendarDate
    /// Whether the instant is not before the facts were read, so that nothing was overwritten since.
    let isPresent: Bool
    /// When an event counts as recorded of which it was not kept; nil where that is not known then.
    let undatedRecordedAt: Instant?

    init(_ facts: CreditFacts, _ instant: Instant, undatedRecordedAt: Instant? = nil) {
        self.facts = facts
        self.instant = instant
        day = .inSaoPaulo(instant)
        isPresent = instant >= facts.readAt
        self.undatedRecordedAt = isPresent ? instant : undatedRecordedAt
    }

    /// Whether something was recorded by the instant.
    func isRecorded(at recordedAt: Instant) -> Bool { isPresent || recordedAt <= instant }

    func value(of name: CharacteristicName, among debts: CountedDebts) -> CharacteristicValue {
        do throws(NoValue) {
            if facts.isRegisterClosed, !name.isOpenWithClosedRegister { throw NoValue(.noRecord) }
            if name == .housing {
                guard let housing = try profile().housing else { throw NoValue(.noRecord) }
                return .category(housing.rawValue)
            }
            return .number(Double(try number(name, debts)))
        } catch {
            return .missing(error.reason)
        }
    }

    private func number(_ name: CharacteristicName, _ debts: CountedDebts) throws(NoValue) -> Int64 {
        switch name {
        case .age, .income, .assets, .housing, .employmentTenure, .incomeSources, .assetsPaidOffShare:
            try numberOfProfile(name)
        case .overdueDebts, .overdueAmount, .maxDaysPastDue, .openDebts, .debtToAnnualIncome, .interestToIncome,
            .settledShare, .creditors, .monthsOnFile:
            try number(name, of: try debts.get())
        case .punctuality24, .monthsSinceLastOverdue, .worstDelinquency12:
            try numberOfPayments(name, of: try debts.get())
        case .inquiries30, .inquiries90, .inquiries180, .inquiryRequesters90, .daysSinceInquiry:
            try numberOfQueries(name)
        case .inflowToIncome90, .outflowToInflow90, .movementDays90, .cashShare90: try numberOfMovements(name)
        case .cardDeclinedShare90, .cardSpend90, .installmentShare90: try numberOfPurchases(name)
        }
    }

    /// The share of a part in percent, rounded down. Throws `notApplicable` without a positive whole.
    func share(_ part: Int128, of whole: Int128) throws(NoValue) -> Int64 {
        guard whole > 0 else { throw NoValue(.notApplicable) }
        if let part = Int64(exactly: part), let whole = Int64(exactly: whole), 0...(.max / 100) ~= part {
            return 100 * part / whole
        }
        let (quotient, remainder) = (100 * part).quotientAndRemainder(dividingBy: whole)
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }
}

/// The debts that count as of an instant, or why they are not known.
typealias CountedDebts = Result<[DebtFacts], NoValue>

/// Why a characteristic has no value.
struct NoValue: Error {
    let reason: MissingReason

    init(_ reason: MissingReason) {
        self.reason = reason
    }
}

extension CreditFacts {
    /// The value of a characteristic as of an instant.
    public func value(of name: CharacteristicName, asOf instant: Instant) -> CharacteristicValue {
        values(of: [name], asOf: instant)[0]
    }

    /// The values of characteristics as of an instant, in their order.
    ///
    /// `undatedRecordedAt` is when an event counts as recorded of which nobody kept it; nil where that is not known.
    public func values(
        of names: [CharacteristicName], asOf instant: Instant, undatedRecordedAt: Instant? = nil
    ) -> [CharacteristicValue] {
        let facts = FactsAsOf(self, instant, undatedRecordedAt: undatedRecordedAt)
        let debts = facts.countedDebts()
        return names.map { facts.value(of: $0, among: debts) }
    }
}

extension CharacteristicName {
    /// Whether the characteristic has a value also while the person's register of positive data is closed, because it
    /// tells what speaks against the person or who asked about them.
    fileprivate var isOpenWithClosedRegister: Bool {
        switch self {
        case .overdueDebts, .overdueAmount, .maxDaysPastDue, .monthsSinceLastOverdue, .worstDelinquency12,
            .inquiries30, .inquiries90, .inquiries180, .inquiryRequesters90, .daysSinceInquiry:
            true
        default: false
        }
    }
}
