extension Person {
    /// Tells what makes no sense in a person that is written whole.
    public func violations(at now: Instant) -> [RuleViolation] {
        findings(RuleDays(at: now)).map(\.violation)
    }

    fileprivate func findings(_ days: RuleDays) -> [RuleFinding] {
        days.past(birthDate, "/birthDate") + days.past(registration?.checkedOn, "/registration/checkedOn")
            + (address?.findings ?? [])
    }
}

extension PersonPatch {
    /// Tells what makes no sense in a person after the patch, as far as the patch is the cause. Pointers are the
    /// patch's.
    public func violations(of patched: Person, from current: Person, at now: Instant) -> [RuleViolation] {
        var changes = ChangedMembers()
        changes.add("/birthDate", birthDate)
        changes.add("/registration", registration)
        changes.add(address, to: current.address)
        return patched.findings(RuleDays(at: now)).compactMap { $0.violation(in: changes) }
    }
}
