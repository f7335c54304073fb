/// The characteristics of base A's debts.
extension FactsAsOf {
    /// The debts that count: recorded by the instant, not contested, and not closed by a term of the law.
    ///
    /// `noRecord` when base A did not know the person; `notKnownThen` when a debt was overwritten since, because then
    /// it may have been any other.
    func countedDebts() -> CountedDebts {
        guard let person = facts.person, isRecorded(at: person.createdAt) else { return .failure(NoValue(.noRecord)) }
        var counted: [DebtFacts] = []
        counted.reserveCapacity(person.debts.count)
        for debt in person.debts where debt.status != .disputed && isRecorded(at: debt.createdAt) {
            if let openedOn = debt.openedOn, openedOn > day { continue }
            guard isRecorded(at: debt.updatedAt) else { return .failure(NoValue(.notKnownThen)) }
            if isClosed(debt) || facts.isRegisterClosed && debt.status.isPositive { continue }
            counted.append(debt)
        }
        return .success(counted)
    }

    /// Whether a term of the law has closed a debt. An open one that is past due has the term of what speaks against
    /// the person.
    private func isClosed(_ debt: DebtFacts) -> Bool {
        debt.status.withheld(dueDate: debt.dueDate, settledOn: debt.settledOn, on: day) != nil
            || isOverdue(debt) && debt.dueDate.isLongerAgo(than: 5, on: day)
    }

    /// Whether a debt is due and not paid.
    func isOverdue(_ debt: DebtFacts) -> Bool {
        debt.status.isMissedPayment || debt.status == .open && debt.dueDate < day
    }

    func number(_ name: CharacteristicName, of debts: [DebtFacts]) throws(NoValue) -> Int64 {
        switch name {
        case .overdueDebts: return Int64(debts.count { isOverdue($0) })
        case .overdueAmount: return Int64(clamping: total(debts.lazy.filter { isOverdue($0) }))
        case .maxDaysPastDue:
            guard !debts.isEmpty else { throw NoValue(.notApplicable) }
            let days = debts.lazy.filter { isOverdue($0) }.map { $0.dueDate.days(until: day) }
            return max(0, days.max() ?? 0)
        case .openDebts: return Int64(debts.count { isOpen($0) })
        case .debtToAnnualIncome: return try share(total(owed(debts)), of: 12 * Int128(try income()))
        case .interestToIncome:
            let interest = owed(debts).reduce(into: Int128(0)) { sum, debt in
                sum += Int128(debt.amount.cents) * Int128(debt.annualInterestBasisPoints)
            }
            return try share(interest, of: 12 * 10_000 * Int128(try income()))
        case .settledShare:
            let settled = debts.count { $0.status == .settled }
            return try share(Int128(settled), of: Int128(settled + owed(debts).count))
        case .creditors: return Int64(Set(owed(debts).map(\.creditor)).count)
        case .monthsOnFile:
            let beginnings = debts.map { $0.openedOn ?? .inSaoPaulo($0.createdAt) }
            guard let first = beginnings.min() else { throw NoValue(.notApplicable) }
            return max(0, Int64(first.months(until: day)))
        default: throw NoValue(.noRecord)
        }
    }

    /// Whether a debt is owed and not yet due.
    private func isOpen(_ debt: DebtFacts) -> Bool { debt.status == .open && debt.dueDate >= day }

    /// The debts that are owed, due or not.
    private func owed(_ debts: [DebtFacts]) -> [DebtFacts] { debts.filter { isOpen($0) || isOverdue($0) } }

    private func total(_ debts: some Sequence<DebtFacts>) -> Int128 {
        debts.reduce(into: Int128(0)) { $0 += Int128($1.amount.cents) }
    }
}

extension CalendarDate {
    /// The days from this day to `other`, negative when `other` is earlier.
    func days(until other: CalendarDate) -> Int64 { Int64(other.daysSinceEpoch) - Int64(daysSinceEpoch) }
}
