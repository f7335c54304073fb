import JSON
import JSONRPC
import Services

/// `debt.update`
package struct DebtUpdate: SubjectMethod {
    package static let name = "debt.update"
    package let footprint = Footprint(writes: .a)
    private let debts: DebtService

    package init(debts: DebtService) {
        self.debts = debts
    }

    package func decode(_ params: Value) throws(Failure) -> DebtWrite {
        let reader = ObjectReader(params)
        return DebtWrite(
            cpf: try reader.required("cpf"),
            action: .update(
                try reader.required("debtId"), try .init(try reader.object("patch")),
                expectedVersion: try reader.optionalInteger("expectedVersion")))
    }

    package func call(_ group: [DebtWrite]) async -> [Outcome<DebtWritten>] {
        await debts.write(group).map(\.outcome)
    }

    package func write(_ written: DebtWritten, to writer: inout Writer) {
        writer.object { result in
            result.member("debtId", written.debtID)
            result.member("version", written.version)
            result.member("updatedAt", written.at)
        }
    }
}
