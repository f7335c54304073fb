extension Debt {
    /// Tells what makes no sense in a debt that is written whole.
    package func violations(at now: Instant) -> [RuleViolation] {
        findings(RuleDays(at: now)).map(\.violation)
    }

    fileprivate func findings(_ days: RuleDays) -> [RuleFinding] {
        var findings = days.due(dueDate, "/dueDate")
        if status == .overdue, dueDate > days.today { findings.append(RuleFinding(.notYetDue, "/status", "/dueDate")) }
        return findings
    }
}

extension DebtPatch {
    /// Tells what makes no sense in a debt after the patch, as far as the patch is the cause. Pointers are the patch's.
    package func violations(of patched: Debt, at now: Instant) -> [RuleViolation] {
        var changes = ChangedMembers()
        changes.add("/dueDate", dueDate)
        changes.add("/status", status)
        return patched.findings(RuleDays(at: now)).compactMap { $0.violation(in: changes) }
    }
}
