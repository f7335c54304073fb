extension Event {
    /// Tells what makes no sense: a time so far ahead that the event would stay the latest, or one before there were
    /// such events; a bureau query by which a person saw their own data, which must tell nobody anything about them
    /// (Lei 12.414/2011, art. 7-A, III); a CPF in a name of an organisation, which is kept as it is.
    ///
    /// A day ahead of the clock is taken, because reporters' clocks and zones are not the bureau's.
    public func violations(at now: Instant) -> [RuleViolation] {
        var violations: [RuleViolation] = []
        let ahead = occurredAt.microsecondsSinceEpoch - now.microsecondsSinceEpoch
        if ahead > Instant.microsecondsInDay { violations.append(RuleViolation("/occurredAt", .tooFarAhead)) }
        if occurredAt < Self.first { violations.append(RuleViolation("/occurredAt", .before1990)) }
        if case .bureauQuery(let bureau, let requester, let purpose) = details {
            if CPF.isHeld(in: bureau) { violations.append(RuleViolation("/bureau", .holdsCPF)) }
            if CPF.isHeld(in: requester) { violations.append(RuleViolation("/requester", .holdsCPF)) }
            if purpose == .dataSubjectRequest { violations.append(RuleViolation("/purpose", .ownAccess)) }
        }
        return violations
    }

    /// 1990-01-01T00:00:00Z.
    private static let first = Instant(secondsSinceEpoch: 631_152_000)
}
