import Bureau

/// The name of a payment in base A: a keyed hash of the creditor's number of it, for one debt.
package struct PaymentKey: Hashable, Sendable {
    package var token: SubjectToken
    package var debtID: RecordID
    /// 16 bytes of the hash.
    package var key: RecordID

    package init(token: SubjectToken, debtID: RecordID, key: RecordID) {
        self.token = token
        self.debtID = debtID
        self.key = key
    }
}

/// A payment of a debt as base A stores it.
package struct PaymentRecord: Hashable, Sendable {
    /// The payment's place in the order in which the debt's payments were recorded, from 0 on.
    package var position: Int64
    /// The keyed hash of the creditor's number of the payment.
    package var key: RecordID
    /// The creditor's number of the payment, what was due and what was paid.
    package var details: Sealed
    package var version: Int64
    package var createdAt: Instant
    /// Never before `createdAt`, although clocks are set back and daemons' clocks differ.
    package var updatedAt: Instant

    package init(
        position: Int64, key: RecordID, details: Sealed, version: Int64, createdAt: Instant, updatedAt: Instant
    ) {
        self.position = position
        self.key = key
        self.details = details
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt)
    }
}

/// What base A knows of one payment before it is written.
package struct PaymentState: Hashable, Sendable {
    /// How many payments the debt has.
    package var count: Int64
    /// Nil when the payment was not recorded before.
    package var payment: PaymentRecord?

    package init(count: Int64, payment: PaymentRecord?) {
        self.count = count
        self.payment = payment
    }
}

/// The page of a debt's payments that a caller asks for, the latest first.
package struct PaymentQuery: Sendable {
    package var token: SubjectToken
    package var debtID: RecordID
    /// The position of the last payment of the page before; nil for the first page.
    package var before: Int64?
    package var limit: Int

    package init(token: SubjectToken, debtID: RecordID, before: Int64?, limit: Int) {
        self.token = token
        self.debtID = debtID
        self.before = before
        self.limit = limit
    }
}

/// What a caller asks for of the payments of all debts of a person.
package struct PersonPaymentsQuery: Sendable {
    package var token: SubjectToken
    /// The place of the last payment of the page before; nil for the first page.
    package var after: PaymentPlace?
    package var limit: Int

    package init(token: SubjectToken, after: PaymentPlace?, limit: Int) {
        self.token = token
        self.after = after
        self.limit = limit
    }
}

/// The place of a payment among all payments of a person.
package struct PaymentPlace: Hashable, Sendable {
    package var debtID: RecordID
    package var position: Int64

    package init(debtID: RecordID, position: Int64) {
        self.debtID = debtID
        self.position = position
    }
}

/// A payment of one of a person's debts.
package struct PersonPayment: Hashable, Sendable {
    package var debtID: RecordID
    package var record: PaymentRecord

    package init(debtID: RecordID, record: PaymentRecord) {
        self.debtID = debtID
        self.record = record
    }

    package var place: PaymentPlace { PaymentPlace(debtID: debtID, position: record.position) }
}

/// A payment to write, made from what was found.
package struct PaymentChange: Sendable {
    package enum Action: Hashable, Sendable {
        /// Adds the payment at the position after the last one that was found.
        case add(position: Int64)
        /// Replaces the payment at the expected version.
        case replace(expectedVersion: Int64)
    }

    package var payment: PaymentKey
    /// The key that sealed the details; a person with another key is `overtaken`.
    package var dataKey: WrappedDataKey
    package var action: Action
    package var details: Sealed
    package var at: Instant
    /// What is kept of the write, so that it can be asked for again.
    package var receipt: NewReceipt?
    /// What the audit log gets of the write.
    package var lines: WriteLines?

    /// The encryptions that the person is counted for.
    package var encryptions: Int64 {
        switch action {
        case .add(let position):
            position % EncryptionCount.paymentsOfBlock == 0 ? EncryptionCount.paymentsOfBlock : 0
        case .replace: 1
        }
    }

    package init(
        payment: PaymentKey, dataKey: WrappedDataKey, action: Action, details: Sealed, at: Instant,
        receipt: NewReceipt? = nil
    ) {
        self.payment = payment
        self.dataKey = dataKey
        self.action = action
        self.details = details
        self.at = at
        self.receipt = receipt
    }
}
