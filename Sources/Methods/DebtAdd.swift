import JSON
import JSONRPC
import Services

/// `debt.add`
package struct DebtAdd: SubjectMethod {
    package static let name = "debt.add"
    package let footprint = Footprint(writes: .a)
    private let debts: DebtService

    package init(debts: DebtService) {
        self.debts = debts
    }

    package func decode(_ params: Value) throws(Failure) -> DebtWrite {
        let reader = ObjectReader(params)
        return DebtWrite(
            cpf: try reader.required("cpf"),
            action: .add(
                try .init(try reader.object("debt")),
                expectedVersion: try reader.optionalInteger("expectedVersion")))
    }

    package func call(_ group: [DebtWrite]) async -> [Outcome<DebtWritten>] {
        await debts.write(group).map(\.outcome)
    }

    package func write(_ written: DebtWritten, to writer: inout Writer) {
        writer.object { result in
            result.member("debtId", written.debtID)
            result.member("version", written.version)
            result.member("createdAt", written.at)
        }
    }
}
