import Bureau
import JSON
import JSONRPC
import Services

extension Debt {
    /// Reads what `types/debt.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            creditor: try reader.text("creditor"), creditorCNPJ: try reader.optional("creditorCnpj"),
            amount: try reader.money("amountCents"),
            annualInterestBasisPoints: try reader.integer("annualInterestBasisPoints"),
            dueDate: try reader.required("dueDate"), status: try reader.required("status"))
    }
}

extension DebtPatch {
    /// Reads what `types/debt-patch.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            creditor: try reader.textChange("creditor"), creditorCNPJ: try reader.change("creditorCnpj"),
            amount: try reader.optionalMoney("amountCents").map { .set($0) } ?? .keep,
            annualInterestBasisPoints: try reader.optionalInteger("annualInterestBasisPoints").map { .set($0) }
                ?? .keep,
            dueDate: try reader.change("dueDate"), status: try reader.change("status"))
    }
}

extension DebtView {
    /// Appends what `types/debt-record.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("debtId", debtID)
            result.member("creditor", debt.creditor)
            result.optional("creditorCnpj", debt.creditorCNPJ)
            result.member("amountCents", debt.amount.cents)
            result.member("annualInterestBasisPoints", Int64(debt.annualInterestBasisPoints))
            result.member("dueDate", debt.dueDate)
            result.member("status", debt.status)
            result.member("version", version)
            result.member("createdAt", createdAt)
            result.member("updatedAt", updatedAt)
        }
    }
}
