import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `debt` that are about payments; `stamps` tells what day it is.
    static func payments(_ payments: PaymentService, _ access: MethodAccesses, _ stamps: Stamps) -> [Method] {
        [
            .aboutSubject(
                "debt.recordPayment", access, writes: .a, takesKeys: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(
                        PaymentEntry(
                            debtID: try reader.required("debtId"), payment: try Payment(reader, at: stamps.now())),
                        reader)
                },
                service: payments.record,
                result: { recorded, writer in
                    writer.object { result in
                        result.member("debtId", recorded.entry.debtID)
                        result.member("paymentId", recorded.entry.payment.paymentID)
                        result.member("recorded", recorded.isRecorded)
                        result.member("version", recorded.version)
                    }
                }),
            .aboutSubject(
                "debt.payments", access, reads: .a, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    let page = try PageRequest(reader) { cursor in cursor.string.flatMap { Int64($0) } }
                    return PaymentsRequest(
                        person: SubjectRead(cpf: page.cpf, access: page.access), debtID: try reader.required("debtId"),
                        before: page.before, limit: page.limit)
                },
                service: payments.list,
                result: object { view, disclosures, result in
                    view.page.writeMembers(
                        as: "payments", to: &result, cursor: { "\($0.position)" },
                        item: { $0.write(disclosures.of(.payments), to: &$1) })
                    result.optional("withheld", view.withheld)
                }),
        ]
    }
}

extension Payment {
    /// Reads the payment among the params of `debt.recordPayment`, and refuses what makes no sense now.
    fileprivate init(_ reader: ObjectReader, at now: Instant) throws(Failure) {
        self.init(
            paymentID: try reader.text("paymentId"), dueDate: try reader.required("dueDate"),
            amount: try reader.money("amountCents"))
        if let day = try reader.optional("paidOn", CalendarDate.self) {
            paid = PaidAmount(day: day, amount: try reader.money("paidCents"))
        }
        try reader.refuse(violations(at: now))
    }
}

extension PaymentView {
    /// Appends what `types/payment.json` describes.
    func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object { result in
            result.member("paymentId", payment.paymentID, shown, .lastFour)
            result.member("dueDate", payment.dueDate, shown, .date)
            result.member("amountCents", payment.amount.cents, shown)
            if let paid = payment.paid {
                result.member("paidOn", paid.day, shown, .date)
                result.member("paidCents", paid.amount.cents, shown)
            }
            result.optional("withheld", withheld)
            result.member("version", version)
            result.member("createdAt", createdAt)
            result.member("updatedAt", updatedAt)
        }
    }
}
