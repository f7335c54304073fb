/// An instalment of a debt: what was due, and what was paid of it (Decreto 9.936/2019 art. 4).
public struct Payment: Sendable, Hashable, PersonalValue {
    /// The creditor's number of the payment, which is its own within the debt.
    public var paymentID: String
    /// The last day for a payment in time.
    public var dueDate: CalendarDate
    /// The amount that was due.
    public var amount: Money
    /// Nil while nothing was paid.
    public var paid: PaidAmount?

    public init(paymentID: String, dueDate: CalendarDate, amount: Money, paid: PaidAmount? = nil) {
        self.paymentID = paymentID
        self.dueDate = dueDate
        self.amount = amount
        self.paid = paid
    }
}

/// What was paid of an instalment, and when.
public struct PaidAmount: Sendable, Hashable {
    public var day: CalendarDate
    public var amount: Money

    public init(day: CalendarDate, amount: Money) {
        self.day = day
        self.amount = amount
    }
}

/// The bounds of a person's debts and of a debt's payments.
public enum DebtLimits {
    /// The most debts that are still to be paid or decided on.
    public static let maximumOpenDebts = 100
    /// The most debts, whatever their status; with the longest names, more would take more memory than is promised.
    public static let maximumDebts = 200
    /// The most payments of one debt.
    public static let maximumPayments = 1000
}
