import Bureau

extension Debt {
    /// The debt as it lies inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(creditor)
        writer.optional(creditorCNPJ) { $0.text($1) }
        writer.integer(amount.cents)
        writer.integer(annualInterestBasisPoints)
        writer.integer(dueDate.daysSinceEpoch)
        writer.text(status)
        return writer.bytes
    }

    /// Nil when the bytes are not a debt.
    init?(fields: [UInt8]) {
        let debt = FieldReader.read(fields) { reader -> Debt? in
            guard let creditor = reader.text(), let creditorCNPJ = reader.optional({ $0.value(CNPJ.self) }),
                let cents = reader.integer(Int64.self), let rate = reader.integer(Int32.self),
                let days = reader.integer(Int32.self), let dueDate = CalendarDate(daysSinceEpoch: days),
                let status = reader.value(DebtStatus.self)
            else { return nil }
            return Debt(
                creditor: creditor, creditorCNPJ: creditorCNPJ, amount: Money(cents: cents),
                annualInterestBasisPoints: rate, dueDate: dueDate, status: status)
        }
        guard let debt else { return nil }
        self = debt
    }
}
