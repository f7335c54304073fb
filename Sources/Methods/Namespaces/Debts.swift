import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `debt`; a debt is read and audited with its person. `stamps` tells what day it is.
    static func debts(_ debts: DebtService, _ access: MethodAccesses, _ stamps: Stamps) -> [Method] {
        [
            .aboutSubject(
                "debt.add", access, writes: .a, takesKeys: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(.add(try Debt(try reader.object("debt"), at: stamps.now())), reader)
                },
                service: debts.write,
                result: { $0.writeDebt(timeAs: "createdAt", to: &$1) }),
            .ofSubject(
                "debt.list", access, reads: .a, answerBytes: 4096,
                service: debts.list,
                result: object { $0.write($1.of(.debts), to: &$2) }),
            .aboutSubject(
                "debt.update", access, writes: .a, takesKeys: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(
                        .update(try reader.required("debtId"), try DebtPatch(try reader.object("patch"))), reader)
                },
                service: debts.write,
                result: { $0.writeDebt(timeAs: "updatedAt", to: &$1) }),
            .aboutSubject(
                "debt.remove", access, writes: .a, takesKeys: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(.remove(try reader.required("debtId")), reader)
                },
                service: debts.write,
                result: { $0.writeDebt(timeAs: nil, to: &$1) }),
        ]
    }
}

extension Written {
    /// Appends the result of a write of a debt, with its time as the member `key`.
    fileprivate func writeDebt(timeAs key: StaticString?, to writer: inout Writer) {
        writer.object { result in
            for debtID in debtIDs { result.member("debtId", debtID) }
            result.member("version", version)
            if let key { result.member(key, at) }
        }
    }
}

extension Debt {
    /// Reads what `types/debt.json` describes, and refuses what makes no sense now.
    init(_ reader: ObjectReader, at now: Instant) throws(Failure) {
        try self.init(reader)
        try reader.refuse(violations(at: now))
    }

    /// Reads what `types/debt.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            creditor: try reader.text("creditor"), creditorCNPJ: try reader.optional("creditorCnpj"),
            amount: try reader.money("amountCents"),
            annualInterestBasisPoints: try reader.integer("annualInterestBasisPoints"),
            dueDate: try reader.required("dueDate"), status: try reader.required("status"),
            contractID: reader.optionalText("contractId"), openedOn: try reader.optional("openedOn"),
            originalAmount: try reader.optionalMoney("originalAmountCents"),
            settledOn: try reader.optional("settledOn"))
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
            dueDate: try reader.change("dueDate"), status: try reader.change("status"),
            contractID: try reader.textChange("contractId"), openedOn: try reader.change("openedOn"),
            originalAmount: try reader.moneyChange("originalAmountCents"),
            settledOn: try reader.change("settledOn"))
    }
}

extension [DebtView] {
    /// Appends the member `debts`, unless it is denied.
    func write(_ disclosure: Disclosure, to result: inout Writer) {
        if disclosure == .denied { return }
        result.key("debts")
        result.array { list in
            for debt in self { debt.write(disclosure, to: &list) }
        }
    }
}

extension DebtView {
    /// Appends what `types/debt-record.json` describes.
    fileprivate func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object { result in
            result.member("debtId", debtID)
            result.member("creditor", debt.creditor, shown, .text)
            result.optional("creditorCnpj", debt.creditorCNPJ, shown, .lastFour)
            result.optional("contractId", debt.contractID, shown, .lastFour)
            result.member("amountCents", debt.amount.cents, shown)
            if let amount = debt.originalAmount { result.member("originalAmountCents", amount.cents, shown) }
            result.member("annualInterestBasisPoints", Int64(debt.annualInterestBasisPoints), shown)
            result.optional("openedOn", debt.openedOn, shown, .date)
            result.member("dueDate", debt.dueDate, shown, .date)
            result.optional("settledOn", debt.settledOn, shown, .date)
            result.member("status", debt.status)
            result.optional("withheld", withheld)
            result.member("version", version)
            result.member("createdAt", createdAt)
            result.member("updatedAt", updatedAt)
        }
    }
}
