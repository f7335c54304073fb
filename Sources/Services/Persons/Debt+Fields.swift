import Bureau

extension Debt {
    /// The layout of the debt: the second one when it holds a member or a status that the first one has not.
    private var layout: UInt8 {
        let isFirst =
            contractID == nil && openedOn == nil && originalAmount == nil && settledOn == nil
            && ![.renegotiated, .writtenOff].contains(status)
        return isFirst ? FieldWriter.layout : FieldWriter.secondLayout
    }

    /// The debt as it lies inside a sealed value.
    var fields: [UInt8] {
        let layout = layout
        var writer = FieldWriter(layout: layout)
        writer.text(creditor)
        writer.optional(creditorCNPJ) { $0.text($1) }
        writer.integer(amount.cents)
        writer.integer(annualInterestBasisPoints)
        writer.integer(dueDate.daysSinceEpoch)
        writer.text(status)
        guard layout == FieldWriter.secondLayout else { return writer.bytes }
        writer.optional(contractID) { $0.text($1) }
        writer.optional(openedOn) { $0.integer($1.daysSinceEpoch) }
        writer.optional(originalAmount) { $0.integer($1.cents) }
        writer.optional(settledOn) { $0.integer($1.daysSinceEpoch) }
        return writer.bytes
    }

    /// Reads a debt; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let debt = FieldReader.read(fields, upTo: FieldWriter.secondLayout) { Debt(&$0) }
        guard let debt else { return nil }
        self = debt
    }

    private init?(_ reader: inout FieldReader) {
        guard let creditor = reader.text(), let creditorCNPJ = reader.optional({ $0.value(CNPJ.self) }),
            let amount = reader.money(), let rate = reader.integer(Int32.self), let dueDate = reader.date(),
            let status = reader.value(DebtStatus.self)
        else { return nil }
        self.init(
            creditor: creditor, creditorCNPJ: creditorCNPJ, amount: amount, annualInterestBasisPoints: rate,
            dueDate: dueDate, status: status)
        guard reader.layout == FieldWriter.secondLayout else { return }
        guard let contractID = reader.optional({ $0.text() }), let openedOn = reader.optional({ $0.date() }),
            let originalAmount = reader.optional({ $0.money() }), let settledOn = reader.optional({ $0.date() })
        else { return nil }
        self.contractID = contractID
        self.openedOn = openedOn
        self.originalAmount = originalAmount
        self.settledOn = settledOn
    }
}

extension Payment {
    /// The payment as it lies inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(paymentID)
        writer.integer(dueDate.daysSinceEpoch)
        writer.integer(amount.cents)
        writer.optional(paid) { writer, paid in
            writer.integer(paid.day.daysSinceEpoch)
            writer.integer(paid.amount.cents)
        }
        return writer.bytes
    }

    /// Reads a payment; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let payment = FieldReader.read(fields) { reader -> Payment? in
            guard let paymentID = reader.text(), let dueDate = reader.date(), let amount = reader.money(),
                let paid = reader.optional({ PaidAmount(&$0) })
            else { return nil }
            return Payment(paymentID: paymentID, dueDate: dueDate, amount: amount, paid: paid)
        }
        guard let payment else { return nil }
        self = payment
    }
}

/// What is due and paid of a payment, without the creditor's number of it.
struct Instalment: Sendable {
    var dueDate: CalendarDate
    var amount: Money
    var paid: PaidAmount?

    /// Reads a payment; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let instalment = FieldReader.read(fields) { Instalment(&$0) }
        guard let instalment else { return nil }
        self = instalment
    }

    private init?(_ reader: inout FieldReader) {
        guard reader.skipText(), let dueDate = reader.date(), let amount = reader.money(),
            let paid = reader.optional({ PaidAmount(&$0) })
        else { return nil }
        self.dueDate = dueDate
        self.amount = amount
        self.paid = paid
    }
}

extension PaidAmount {
    fileprivate init?(_ reader: inout FieldReader) {
        guard let day = reader.date(), let amount = reader.money() else { return nil }
        self.init(day: day, amount: amount)
    }
}

extension FieldReader {
    mutating func date() -> CalendarDate? {
        integer(Int32.self).flatMap { CalendarDate(daysSinceEpoch: $0) }
    }

    fileprivate mutating func money() -> Money? {
        integer(Int64.self).map { Money(cents: $0) }
    }
}
