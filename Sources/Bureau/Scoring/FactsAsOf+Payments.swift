/// The characteristics of the instalments of base A's debts.
extension FactsAsOf {
    func numberOfPayments(_ name: CharacteristicName, of debts: [DebtFacts]) throws(NoValue) -> Int64 {
        guard !debts.isEmpty else { throw NoValue(.notApplicable) }
        switch name {
        case .punctuality24:
            var (due, inTime) = (0, 0)
            for debt in debts {
                for payment in try payments(of: debt) where payment.dueDate.months(until: day) < 24 {
                    switch outcome(of: payment, debt) {
                    case .notDue: continue
                    case .inTime: inTime += 1
                    case .late: break
                    }
                    due += 1
                }
            }
            return try share(Int128(inTime), of: Int128(due))
        case .monthsSinceLastOverdue:
            guard let last = try delays(of: debts).map(\.end).max() else { throw NoValue(.notApplicable) }
            return Int64(last.months(until: day))
        case .worstDelinquency12:
            let recent = try delays(of: debts).filter { $0.end.months(until: day) < 12 }
            return recent.map { $0.dueDate.days(until: $0.end) }.max() ?? 0
        default: throw NoValue(.noRecord)
        }
    }

    /// The time from a missed due date to the last day on which the debt or instalment was past due.
    private struct Delay {
        var dueDate: CalendarDate
        var end: CalendarDate
    }

    /// What became of an instalment.
    private enum InstalmentOutcome {
        /// Its day has not passed, or the debt was settled by then.
        case notDue
        case inTime
        case late(until: CalendarDate)
    }

    /// The instalments that count. What was not paid in time has the term of what speaks against the person. Throws
    /// `notKnownThen` when one was overwritten since.
    private func payments(of debt: DebtFacts) throws(NoValue) -> [PaymentFacts] {
        var counted: [PaymentFacts] = []
        for payment in debt.payments where isRecorded(at: payment.createdAt) {
            guard isRecorded(at: payment.updatedAt) else { throw NoValue(.notKnownThen) }
            let isInTime = payment.paidInFullOn.map { $0 <= payment.dueDate } ?? false
            if isInTime || !payment.dueDate.isLongerAgo(than: 5, on: day) { counted.append(payment) }
        }
        return counted
    }

    private func outcome(of payment: PaymentFacts, _ debt: DebtFacts) -> InstalmentOutcome {
        guard payment.dueDate < day else { return .notDue }
        if let paid = payment.paidInFullOn, paid <= day {
            return paid <= payment.dueDate ? .inTime : .late(until: paid)
        }
        guard debt.status.isSettled else { return .late(until: day) }
        guard let settledOn = debt.settledOn, settledOn > payment.dueDate else { return .notDue }
        return .late(until: settledOn)
    }

    /// All delays of debts and of their instalments.
    private func delays(of debts: [DebtFacts]) throws(NoValue) -> [Delay] {
        var delays: [Delay] = []
        for debt in debts {
            if isOverdue(debt), debt.dueDate < day {
                delays.append(Delay(dueDate: debt.dueDate, end: day))
            } else if debt.status.isSettled, let settledOn = debt.settledOn, settledOn > debt.dueDate,
                !debt.dueDate.isLongerAgo(than: 5, on: day)
            {
                delays.append(Delay(dueDate: debt.dueDate, end: settledOn))
            }
            for payment in try payments(of: debt) {
                guard case .late(let end) = outcome(of: payment, debt) else { continue }
                delays.append(Delay(dueDate: payment.dueDate, end: end))
            }
        }
        return delays
    }
}
