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
            let isClosed = debt.status.isClosedToScores(dueDate: debt.dueDate, settledOn: debt.settledOn, on: day)
            if isClosed || facts.isRegisterClosed && debt.status.isPositive { continue }
            counted.append(debt)
        }
        return .success(counted)
    }

    /// Whether a debt is due and not paid.
    func isOverdue(_ debt: DebtFacts) -> Bool {
        debt.status.isMissedPayment || debt.status == .open && debt.dueDate < day
    }

    func number(_ name: CharacteristicName, of debts: [DebtFacts]) throws(NoValue) -> Int64 {
        switch name {
        case .overdueDebts: return Int64(debts.count { isOverdue($0) })
        case .overdueAmount: return Int64(clamping: sum(of: debts, where: isOverdue) { Int128($0.amount.cents) })
        case .maxDaysPastDue:
            guard !debts.isEmpty else { throw NoValue(.notApplicable) }
            return debts.reduce(into: 0) { most, debt in
                if isOverdue(debt) { most = max(most, debt.dueDate.days(until: day)) }
            }
        case .openDebts: return Int64(debts.count { isOpen($0) })
        case .debtToAnnualIncome:
            let owed = sum(of: debts, where: isOwed) { Int128($0.amount.cents) }
            return try share(owed, of: 12 * Int128(try income()))
        case .interestToIncome:
            let interest = sum(of: debts, where: isOwed) {
                Int128($0.amount.cents) * Int128($0.annualInterestBasisPoints)
            }
            return try share(interest, of: 12 * 10_000 * Int128(try income()))
        case .settledShare:
            let settled = debts.count { $0.status == .settled }
            return try share(Int128(settled), of: Int128(settled + debts.count { isOwed($0) }))
        case .creditors:
            var creditors = DistinctNumbers()
            for debt in debts where isOwed(debt) { creditors.insert(Int64(debt.creditor)) }
            return creditors.count
        case .monthsOnFile:
            let beginnings = debts.lazy.map { $0.openedOn ?? .inSaoPaulo($0.createdAt) }
            guard let first = beginnings.min() else { throw NoValue(.notApplicable) }
            return max(0, Int64(first.months(until: day)))
        default: throw NoValue(.noRecord)
        }
    }

    /// Whether a debt is owed and not yet due.
    private func isOpen(_ debt: DebtFacts) -> Bool { debt.status == .open && debt.dueDate >= day }

    /// Whether a debt is owed, due or not.
    private func isOwed(_ debt: DebtFacts) -> Bool { isOpen(debt) || isOverdue(debt) }

    private func sum(
        of debts: [DebtFacts], where isCounted: (DebtFacts) -> Bool, _ figure: (DebtFacts) -> Int128
    ) -> Int128 {
        debts.reduce(into: Int128(0)) { sum, debt in
            if isCounted(debt) { sum += figure(debt) }
        }
    }
}

extension CalendarDate {
    /// The days from this day to `other`, negative when `other` is earlier.
    func days(until other: CalendarDate) -> Int64 { Int64(other.daysSinceEpoch) - Int64(daysSinceEpoch) }
}
