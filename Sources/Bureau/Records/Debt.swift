/// A debt of a person to one creditor.
package struct Debt: Sendable, Hashable, PersonalValue {
    /// The creditor's name.
    package var creditor: String
    package var creditorCNPJ: CNPJ?
    /// The amount still owed.
    package var amount: Money
    /// The interest for a year in hundredths of a percent: 2400 is 24 %.
    package var annualInterestBasisPoints: Int32
    /// The last day for a payment in time.
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

/// The state of a debt.
package enum DebtStatus: String, TextValue, CaseIterable {
    /// Owed, and not yet due or not yet reported late.
    case open
    /// Due and not paid.
    case overdue
    /// Paid in full.
    case settled
    /// Contested by the person.
    case disputed
}

/// A JSON Merge Patch (RFC 7396) of a debt; the members are those of `Debt`.
package struct DebtPatch: Sendable, Hashable, PersonalValue {
    package var creditor: Change<String>
    package var creditorCNPJ: Change<CNPJ>
    package var amount: Change<Money>
    package var annualInterestBasisPoints: Change<Int32>
    package var dueDate: Change<CalendarDate>
    package var status: Change<DebtStatus>

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

    /// Returns the debt after the patch. Errors name members as the wire does, with the unit last: `/amountCents`.
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
