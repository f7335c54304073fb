/// What a scorecard gives points for: a number, a category, or the reason why there is neither.
public enum CharacteristicValue: Sendable, Hashable, PersonalValue {
    /// In the unit of the characteristic.
    case number(Double)
    case category(String)
    case missing(MissingReason)
}

/// Why a characteristic has no value.
public enum MissingReason: String, CaseIterable, Sendable {
    /// The bureau has nothing of it on record.
    case noRecord = "no_record"
    /// The condition of the definition is not met, such as a share of nothing.
    case notApplicable = "not_applicable"
    /// The history that is kept is shorter than the definition's window.
    case truncated
    /// What was on record at the instant that is asked about has been overwritten since.
    case notKnownThen = "not_known_then"
}
