extension CalendarDate {
    /// The day on which an instant falls in São Paulo, by which the bureau counts ages and the law's terms.
    ///
    /// The zone is three hours behind UTC, without summer time since 2019 (Decreto 9.772/2019); earlier summers are
    /// not told apart, because every term that is counted ends now.
    public static func inSaoPaulo(_ instant: Instant) -> CalendarDate {
        let offset: Int64 = 3 * 3_600 * 1_000_000
        return (Instant(microsecondsSinceEpoch: instant.microsecondsSinceEpoch - offset) ?? instant).date
    }

    /// The first instant after the day in São Paulo.
    public var endInSaoPaulo: Instant {
        Instant(secondsSinceEpoch: (Int64(daysSinceEpoch) + 1) * 86_400 + 3 * 3_600)
    }
}
