extension Profile {
    /// Tells what makes no sense in a profile that is written whole.
    public func violations(at now: Instant) -> [RuleViolation] {
        findings(RuleDays(at: now)).map(\.violation)
    }

    fileprivate func findings(_ days: RuleDays) -> [RuleFinding] {
        var findings = days.past(birthDate, "/birthDate") + address.findings
        for (index, asset) in assets.enumerated() where asset.paidOff == true && (asset.outstanding ?? .zero) > .zero {
            findings.append(
                RuleFinding(.paidOffWithOutstanding, "/assets/\(index)/outstandingCents", "/assets/\(index)/paidOff"))
        }
        for (index, source) in incomeSources.enumerated() {
            guard let since = source.since, since < birthDate || since > days.today else { continue }
            let member = "/incomeSources/\(index)/since"
            findings += days.future(since, member)
            if since < birthDate { findings.append(RuleFinding(.beforeBirth, member, "/birthDate")) }
        }
        return findings
    }
}

extension ProfilePatch {
    /// Tells what makes no sense in a profile after the patch, as far as the patch is the cause. Pointers are the
    /// patch's.
    public func violations(of patched: Profile, from current: Profile, at now: Instant) -> [RuleViolation] {
        var changes = ChangedMembers()
        changes.add("/birthDate", birthDate)
        changes.add(address, to: current.address)
        changes.add("/assets", assets)
        changes.add("/incomeSources", incomeSources)
        return patched.findings(RuleDays(at: now)).compactMap { $0.violation(in: changes) }
    }
}
