/// A regular income of a person.
package struct IncomeSource: Sendable, Hashable, PersonalValue {
    /// Where it comes from.
    package var kind: IncomeKind
    /// What comes in in a month.
    package var monthlyAmount: Money
    /// The employer's name.
    package var employer: String?
    /// The day on which the income began.
    package var since: CalendarDate?

    /// Takes the kind and the amount, and as much of the rest as is known.
    package init(kind: IncomeKind, monthlyAmount: Money, employer: String? = nil, since: CalendarDate? = nil) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}
