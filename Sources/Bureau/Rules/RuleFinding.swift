/// What a rule found in a record: why it makes no sense, and the members that the rule looked at.
struct RuleFinding {
    /// JSON Pointers of the members within the record; the first is the one that a person would change.
    let members: [String]
    let reason: RuleReason

    init(_ reason: RuleReason, _ members: String...) {
        self.reason = reason
        self.members = members
    }

    /// The violation in a record that is written whole.
    var violation: RuleViolation { RuleViolation(members[0], reason) }

    /// The violation in a record that a patch has changed; nil when the patch sets none of the members.
    ///
    /// A stored record may break rules that came after it. It stays patchable, because a patch answers only for what it
    /// sets, and for what depends on that.
    func violation(in changes: ChangedMembers) -> RuleViolation? {
        members.first(where: changes.contains).map { RuleViolation($0, reason) }
    }
}

/// The members that a patch sets or removes, as JSON Pointers within the record.
struct ChangedMembers {
    private var pointers: [String] = []

    /// Adds a member unless the patch keeps it.
    mutating func add(_ pointer: String, _ change: Change<some Any>) {
        if case .keep = change { return }
        pointers.append(pointer)
    }

    /// Adds the address as a whole when the record had none, and otherwise what the patch names of it.
    mutating func add(_ change: Change<AddressPatch>, to current: Address?) {
        guard case .set(let patch) = change else { return }
        guard current != nil else { return pointers.append("/address") }
        add("/address/postalCode", patch.postalCode)
        add("/address/state", patch.state)
        add("/address/region", patch.region)
        add("/address/country", patch.country)
    }

    /// Whether the patch changes a member, or an object or array around it.
    func contains(_ member: String) -> Bool {
        pointers.contains { member == $0 || member.hasPrefix($0 + "/") }
    }
}

/// The days that the rules are measured by.
struct RuleDays {
    let today: CalendarDate

    init(at now: Instant) {
        today = .inSaoPaulo(now)
    }

    /// The first day on which a person who is alive may have been born, or have done anything.
    static let firstDay = CalendarDate(knownDays: CalendarDate.days(year: 1900, month: 1, day: 1))
    /// The first and the last day on which a debt may be due.
    static let firstDue = CalendarDate(knownDays: CalendarDate.days(year: 1990, month: 1, day: 1))
    static let lastDue = CalendarDate(knownDays: CalendarDate.days(year: 2100, month: 12, day: 31))

    /// Finds a day that has not come yet.
    func future(_ day: CalendarDate?, _ member: String) -> [RuleFinding] {
        guard let day, day > today else { return [] }
        return [RuleFinding(.inTheFuture, member)]
    }

    /// Finds a day on which nothing can have happened to a person who is alive.
    func past(_ day: CalendarDate?, _ member: String) -> [RuleFinding] {
        if let day, day < Self.firstDay { return [RuleFinding(.before1900, member)] }
        return future(day, member)
    }

    /// Finds a due date that no debt has.
    func due(_ day: CalendarDate, _ member: String) -> [RuleFinding] {
        if day < Self.firstDue { return [RuleFinding(.before1990, member)] }
        return day > Self.lastDue ? [RuleFinding(.after2100, member)] : []
    }
}
