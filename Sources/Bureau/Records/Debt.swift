/// A debt of a person to one creditor.
public struct Debt: Sendable, Hashable, PersonalValue {
    /// The creditor's name.
    public var creditor: String
    public var creditorCNPJ: CNPJ?
    /// The amount still owed.
    public var amount: Money
    /// The interest for a year in hundredths of a percent: 2400 is 24 %.
    public var annualInterestBasisPoints: Int32
    /// The last day for a payment in time.
    public var dueDate: CalendarDate
    public var status: DebtStatus
    /// The creditor's number of the contract.
    public var contractID: String?
    /// The day on which the person took the debt on.
    public var openedOn: CalendarDate?
    /// The amount that was owed at first.
    public var originalAmount: Money?
    /// The day on which nothing was owed any more.
    public var settledOn: CalendarDate?

    public init(
        creditor: String, creditorCNPJ: CNPJ? = nil, amount: Money, annualInterestBasisPoints: Int32,
        dueDate: CalendarDate, status: DebtStatus, contractID: String? = nil, openedOn: CalendarDate? = nil,
        originalAmount: Money? = nil, settledOn: CalendarDate? = nil
    ) {
        self.creditor = creditor
        self.creditorCNPJ = creditorCNPJ
        self.amount = amount
        self.annualInterestBasisPoints = annualInterestBasisPoints
        self.dueDate = dueDate
        self.status = status
        self.contractID = contractID
        self.openedOn = openedOn
        self.originalAmount = originalAmount
        self.settledOn = settledOn
    }

    /// Whether both are the debt of one contract: one number of one creditor.
    ///
    /// See `DebtContract` for what is one contract.
    public func hasContract(of other: Debt) -> Bool {
        guard let contract, let otherContract = other.contract else { return false }
        return contract.isSame(as: otherContract)
    }
}

/// The state of a debt.
public enum DebtStatus: String, TextValue, CaseIterable {
    /// Owed, and not yet due or not yet reported late.
    case open
    /// Due and not paid.
    case overdue
    /// Paid in full.
    case settled
    /// Contested by the person.
    case disputed
    /// Replaced by another debt, which the creditor and the person have agreed on.
    case renegotiated
    /// Given up by the creditor as a loss.
    case writtenOff = "written_off"

    /// Whether the debt is still to be paid or decided on, and counts against the limit of open debts.
    public var isOpen: Bool {
        switch self {
        case .open, .overdue, .disputed: true
        case .settled, .renegotiated, .writtenOff: false
        }
    }

    /// Whether nothing is owed of the debt any more, so that it may have a day of settlement.
    var isSettled: Bool { self == .settled || self == .renegotiated }

    /// Whether the debt was due and not paid, which cannot be before its due date.
    var isMissedPayment: Bool { self == .overdue || self == .writtenOff }
}

/// A JSON Merge Patch (RFC 7396) of a debt; the members are those of `Debt`.
public struct DebtPatch: Sendable, Hashable, PersonalValue {
    public var creditor: Change<String>
    public var creditorCNPJ: Change<CNPJ>
    public var amount: Change<Money>
    public var annualInterestBasisPoints: Change<Int32>
    public var dueDate: Change<CalendarDate>
    public var status: Change<DebtStatus>
    public var contractID: Change<String>
    public var openedOn: Change<CalendarDate>
    public var originalAmount: Change<Money>
    public var settledOn: Change<CalendarDate>

    public init(
        creditor: Change<String> = .keep, creditorCNPJ: Change<CNPJ> = .keep, amount: Change<Money> = .keep,
        annualInterestBasisPoints: Change<Int32> = .keep, dueDate: Change<CalendarDate> = .keep,
        status: Change<DebtStatus> = .keep, contractID: Change<String> = .keep,
        openedOn: Change<CalendarDate> = .keep, originalAmount: Change<Money> = .keep,
        settledOn: Change<CalendarDate> = .keep
    ) {
        self.creditor = creditor
        self.creditorCNPJ = creditorCNPJ
        self.amount = amount
        self.annualInterestBasisPoints = annualInterestBasisPoints
        self.dueDate = dueDate
        self.status = status
        self.contractID = contractID
        self.openedOn = openedOn
        self.originalAmount = originalAmount
        self.settledOn = settledOn
    }

    /// Returns the debt after the patch. Errors name members as the wire does, with the unit last: `/amountCents`.
    public func applied(to debt: Debt) throws(PatchError) -> Debt {
        Debt(
            creditor: try creditor.applied(toRequired: debt.creditor, at: "/creditor"),
            creditorCNPJ: creditorCNPJ.applied(to: debt.creditorCNPJ),
            amount: try amount.applied(toRequired: debt.amount, at: "/amountCents"),
            annualInterestBasisPoints: try annualInterestBasisPoints.applied(
                toRequired: debt.annualInterestBasisPoints, at: "/annualInterestBasisPoints"),
            dueDate: try dueDate.applied(toRequired: debt.dueDate, at: "/dueDate"),
            status: try status.applied(toRequired: debt.status, at: "/status"),
            contractID: contractID.applied(to: debt.contractID), openedOn: openedOn.applied(to: debt.openedOn),
            originalAmount: originalAmount.applied(to: debt.originalAmount),
            settledOn: settledOn.applied(to: debt.settledOn))
    }
}
