extension Debt {
    /// Tells what makes no sense in a debt that is written whole.
    public func violations(at now: Instant) -> [RuleViolation] {
        findings(RuleDays(at: now)).map(\.violation)
    }

    fileprivate func findings(_ days: RuleDays) -> [RuleFinding] {
        var findings = days.due(dueDate, "/dueDate")
        findings += days.past(openedOn, "/openedOn") + days.past(settledOn, "/settledOn")
        if let openedOn, let settledOn, settledOn < openedOn {
            findings.append(RuleFinding(.beforeOpening, "/settledOn", "/openedOn"))
        }
        if settledOn != nil, !status.isSettled {
            findings.append(RuleFinding(.notSettled, "/settledOn", "/status"))
        }
        if status.isMissedPayment, dueDate > days.today {
            findings.append(RuleFinding(.notYetDue, "/status", "/dueDate"))
        }
        return findings
    }
}

extension DebtPatch {
    /// Tells what makes no sense in a debt after the patch, as far as the patch is the cause. Pointers are the patch's.
    public func violations(of patched: Debt, at now: Instant) -> [RuleViolation] {
        var changes = ChangedMembers()
        changes.add("/dueDate", dueDate)
        changes.add("/status", status)
        changes.add("/openedOn", openedOn)
        changes.add("/settledOn", settledOn)
        return patched.findings(RuleDays(at: now)).compactMap { $0.violation(in: changes) }
    }
}

extension [Debt] {
    /// Finds each debt whose contract an earlier one has. Pointers are those of the array's elements.
    public var duplicateContracts: [RuleViolation] {
        let contracts = map(\.contract)
        let duplicates = indices.filter { index in
            guard let contract = contracts[index] else { return false }
            return contracts[..<index].contains { $0?.isSame(as: contract) ?? false }
        }
        return duplicates.map { RuleViolation("/\($0)/contractId", .duplicateContract) }
    }
}

extension Payment {
    /// Tells what makes no sense in a payment.
    public func violations(at now: Instant) -> [RuleViolation] {
        let days = RuleDays(at: now)
        return (days.due(dueDate, "/dueDate") + days.past(paid?.day, "/paidOn")).map(\.violation)
    }
}
