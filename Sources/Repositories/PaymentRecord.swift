import Bureau

/// The name of a payment in base A: a keyed hash of the creditor's number of it, for one debt.
public struct PaymentKey: Hashable, Sendable {
    public var token: SubjectToken
    public var debtID: RecordID
    /// 16 bytes of the hash.
    public var key: RecordID

    public init(token: SubjectToken, debtID: RecordID, key: RecordID) {
        self.token = token
        self.debtID = debtID
        self.key = key
    }
}

/// A payment of a debt as base A stores it.
public struct PaymentRecord: Hashable, Sendable {
    /// The payment's place in the order in which the debt's payments were recorded, from 0 on.
    public var position: Int64
    /// The keyed hash of the creditor's number of the payment.
    public var key: RecordID
    /// The creditor's number of the payment, what was due and what was paid.
    public var details: Sealed
    public var version: Int64
    public var times: RowTimes

    public init(position: Int64, key: RecordID, details: Sealed, version: Int64, times: RowTimes) {
        self.position = position
        self.key = key
        self.details = details
        self.version = version
        self.times = times
    }
}

/// What base A knows of one payment before it is written.
public struct PaymentState: Hashable, Sendable {
    /// How many payments the debt has.
    public var count: Int64
    /// Nil when the payment was not recorded before.
    public var payment: PaymentRecord?

    public init(count: Int64, payment: PaymentRecord?) {
        self.count = count
        self.payment = payment
    }
}

/// The page of a debt's payments that a caller asks for, the latest first.
public struct PaymentQuery: Sendable {
    public var token: SubjectToken
    public var debtID: RecordID
    /// The position of the last payment of the page before; nil for the first page.
    public var before: Int64?
    public var limit: Int

    public init(token: SubjectToken, debtID: RecordID, before: Int64?, limit: Int) {
        self.token = token
        self.debtID = debtID
        self.before = before
        self.limit = limit
    }
}

/// What a caller asks for of the payments of all debts of a person.
public struct PersonPaymentsQuery: Sendable {
    public var token: SubjectToken
    /// The place of the last payment of the page before; nil for the first page.
    public var after: PaymentPlace?
    public var limit: Int

    public init(token: SubjectToken, after: PaymentPlace?, limit: Int) {
        self.token = token
        self.after = after
        self.limit = limit
    }
}

/// The place of a payment among all payments of a person.
public struct PaymentPlace: Hashable, Sendable {
    public var debtID: RecordID
    public var position: Int64

    public init(debtID: RecordID, position: Int64) {
        self.debtID = debtID
        self.position = position
    }
}

/// A payment of one of a person's debts.
public struct PersonPayment: Hashable, Sendable {
    public var debtID: RecordID
    public var record: PaymentRecord

    public init(debtID: RecordID, record: PaymentRecord) {
        self.debtID = debtID
        self.record = record
    }

    public var place: PaymentPlace { PaymentPlace(debtID: debtID, position: record.position) }
}

/// A payment to write, made from what was found.
public struct PaymentChange: Sendable {
    public enum Action: Hashable, Sendable {
        /// Adds the payment at the position after the last one that was found.
        case add(position: Int64)
        /// Replaces the payment at the expected version.
        case replace(expectedVersion: Int64)
    }

    public var payment: PaymentKey
    /// The key that sealed the details; a person with another key is `overtaken`.
    public var dataKey: WrappedDataKey
    public var action: Action
    public var details: Sealed
    /// When it is made or written, as the store is to have it.
    public var times: RowTimes
    /// What is kept of the write, so that it can be asked for again.
    public var receipt: NewReceipt?
    /// What the audit log gets of the write.
    public var lines: WriteLines?

    /// The encryptions that the person is counted for.
    public var encryptions: Int64 {
        switch action {
        case .add(let position):
            position % EncryptionCount.paymentsOfBlock == 0 ? EncryptionCount.paymentsOfBlock : 0
        case .replace: 1
        }
    }

    public init(
        payment: PaymentKey, dataKey: WrappedDataKey, action: Action, details: Sealed, at: Instant,
        receipt: NewReceipt? = nil
    ) {
        times = RowTimes(at)
        self.payment = payment
        self.dataKey = dataKey
        self.action = action
        self.details = details
        self.receipt = receipt
    }
}
