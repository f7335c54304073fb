/// What a person owes to one creditor.
package struct Debt: Sendable, Hashable, PersonalValue {
    /// The creditor's name.
    package var creditor: String
    /// The creditor's registration; nil when not told.
    package var creditorCNPJ: CNPJ?
    /// What is owed now.
    package var amount: Money
    /// The interest for a year in hundredths of a percent: 2400 is 24 %.
    package var annualInterestBasisPoints: Int32
    /// The last day on which it can be paid in time.
    package var dueDate: CalendarDate
    /// Where it stands.
    package var status: DebtStatus

    /// Takes the members of a debt.
    package init(
        creditor: String, creditorCNPJ: CNPJ? = nil, amount: Money, annualInterestBasisPoints: Int32,
        dueDate: CalendarDate, status: DebtStatus
    ) {
        self.creditor = creditor
        self.creditorCNPJ = creditorCNPJ
        self.amount = amount
        self.annualInterestBasisPoints = annualInterestBasisPoints
        self.dueDate = dueDate
        self.status = status
    }
}
