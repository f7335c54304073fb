/// What the bases say of a person's birth and life, which decides whether a score is computed at all.
public struct ScoredPerson: Hashable, Sendable, PersonalValue {
    /// The birth date of base A; nil when base A does not know the person.
    public var birthDateInA: CalendarDate?
    /// The birth date of base B, from which the age is scored.
    public var birthDateInB: CalendarDate
    /// Whether base A's registration says that the person has died.
    public var isDeceased: Bool
    /// Whether the person's register of positive data is closed.
    public var hasCancelledCadastro: Bool

    /// The age from which a score is computed: Lei 12.414/2011 has registers of adults, who consent for themselves
    /// (Código Civil, art. 5).
    public static let leastAge = 18
    /// The greatest age that is believed.
    public static let greatestAge = 120

    public init(
        birthDateInA: CalendarDate?, birthDateInB: CalendarDate, isDeceased: Bool, hasCancelledCadastro: Bool = false
    ) {
        self.hasCancelledCadastro = hasCancelledCadastro
        self.birthDateInA = birthDateInA
        self.birthDateInB = birthDateInB
        self.isDeceased = isDeceased
    }

    /// Why no score is computed on a day in São Paulo; nil when one is. The first of several causes in the order of
    /// the enum is told.
    ///
    /// Either base's birth date is enough to refuse.
    public func unscorableCause(on day: CalendarDate) -> UnscorableCause? {
        if isDeceased { return .deceased }
        if hasCancelledCadastro { return .cadastroCancelled }
        let other = birthDateInA ?? birthDateInB
        let (earlier, later) = (min(birthDateInB, other), max(birthDateInB, other))
        if !Self.isPlausible(earlier, on: day) || !Self.isPlausible(later, on: day) { return .implausibleBirthDate }
        return later.years(until: day) < Self.leastAge ? .under18 : nil
    }

    /// What the bases disagree about.
    public var inconsistencies: [Inconsistency] {
        guard let birthDateInA, birthDateInA != birthDateInB else { return [] }
        return [.birthDate]
    }

    private static func isPlausible(_ birthDate: CalendarDate, on day: CalendarDate) -> Bool {
        birthDate <= day && birthDate.components.year >= 1900 && birthDate.years(until: day) <= greatestAge
    }
}

/// Why no score is computed for a person.
public enum UnscorableCause: String, CaseIterable, Sendable {
    case deceased
    /// The person has closed their register of positive data (Lei 12.414/2011, art. 5, I).
    case cadastroCancelled = "cadastro_cancelled"
    /// A day in the future, before 1900, or more than 120 years ago.
    case implausibleBirthDate = "implausible_birth_date"
    /// Not yet 18 years old.
    case under18 = "under_18"
}

/// A member of which two bases have different values.
public enum Inconsistency: String, CaseIterable, Sendable {
    case birthDate

    public var bases: [Base] {
        switch self {
        case .birthDate: [.a, .b]
        }
    }
}
