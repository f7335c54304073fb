/// A JSON Merge Patch (RFC 7396) of a debt.
///
/// Its members are those of `Debt`, where they are described.
package struct DebtPatch: Sendable, Hashable, PersonalValue {
    package var creditor: Change<String>
    package var creditorCNPJ: Change<CNPJ>
    package var amount: Change<Money>
    package var annualInterestBasisPoints: Change<Int32>
    package var dueDate: Change<CalendarDate>
    package var status: Change<DebtStatus>

    /// Changes what is given, and keeps the rest of the debt.
    package init(
        creditor: Change<String> = .keep, creditorCNPJ: Change<CNPJ> = .keep, amount: Change<Money> = .keep,
        annualInterestBasisPoints: Change<Int32> = .keep, dueDate: Change<CalendarDate> = .keep,
        status: Change<DebtStatus> = .keep
    ) {
        self.creditor = creditor
        self.creditorCNPJ = creditorCNPJ
        self.amount = amount
        self.annualInterestBasisPoints = annualInterestBasisPoints
        self.dueDate = dueDate
        self.status = status
    }

    /// The debt after the patch. Errors name members as the wire does, with the unit last: `/amountCents`.
    package func applied(to debt: Debt) throws(PatchError) -> Debt {
        Debt(
            creditor: try creditor.applied(toRequired: debt.creditor, at: "/creditor"),
            creditorCNPJ: creditorCNPJ.applied(to: debt.creditorCNPJ),
            amount: try amount.applied(toRequired: debt.amount, at: "/amountCents"),
            annualInterestBasisPoints: try annualInterestBasisPoints.applied(
                toRequired: debt.annualInterestBasisPoints, at: "/annualInterestBasisPoints"),
            dueDate: try dueDate.applied(toRequired: debt.dueDate, at: "/dueDate"),
            status: try status.applied(toRequired: debt.status, at: "/status"))
    }
}
