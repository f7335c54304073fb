/// What a person owes to one creditor.
package struct Debt: Sendable, Hashable, PersonalValue {
    /// The creditor's name.
    package var creditor: String
    package var creditorCNPJ: CNPJ?
    package var amount: Money
    /// The interest for a year in hundredths of a percent: 2400 is 24 %.
    package var annualInterestBasisPoints: Int32
    package var dueDate: CalendarDate
    package var status: DebtStatus

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
