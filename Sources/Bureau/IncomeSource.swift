/// A regular income of a person.
package struct IncomeSource: Sendable, Hashable, PersonalValue {
    package var kind: IncomeKind
    package var monthlyAmount: Money
    /// The employer's name.
    package var employer: String?
    /// The day on which the income began.
    package var since: CalendarDate?

    package init(kind: IncomeKind, monthlyAmount: Money, employer: String? = nil, since: CalendarDate? = nil) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}
