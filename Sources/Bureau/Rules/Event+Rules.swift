extension Event {
    /// Tells what makes no sense: a time so far ahead that the event would stay the latest, or one before there were
    /// such events.
    ///
    /// A day ahead of the clock is taken, because reporters' clocks and zones are not the bureau's.
    package func violations(at now: Instant) -> [RuleViolation] {
        let ahead = occurredAt.microsecondsSinceEpoch - now.microsecondsSinceEpoch
        if ahead > Instant.microsecondsInDay { return [RuleViolation("/occurredAt", .tooFarAhead)] }
        if occurredAt < Self.first { return [RuleViolation("/occurredAt", .before1990)] }
        return []
    }

    /// 1990-01-01T00:00:00Z.
    private static let first = Instant(secondsSinceEpoch: 631_152_000)
}
