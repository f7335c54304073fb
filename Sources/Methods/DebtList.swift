import JSON
import JSONRPC
import Services

/// `debt.list`
package struct DebtList: SubjectMethod {
    package static let name = "debt.list"
    package let footprint = Footprint(reads: .a)
    package let answerBytes = 4096
    private let debts: DebtService

    package init(debts: DebtService) {
        self.debts = debts
    }

    package func decode(_ params: Value) throws(Failure) -> PersonRequest {
        let reader = ObjectReader(params)
        return PersonRequest(
            cpf: try reader.required("cpf"), action: Self.name, purpose: try reader.required("purpose"))
    }

    package func authorise(_ request: PersonRequest) throws(Failure) {
        try debts.authorise(request).outcome.get()
    }

    package func call(_ group: [PersonRequest]) async -> [Outcome<[DebtView]>] {
        await debts.list(group).map(\.outcome)
    }

    package func write(_ debts: [DebtView], to writer: inout Writer) {
        writer.object { result in
            result.key("debts")
            result.array { list in
                for debt in debts { debt.write(to: &list) }
            }
        }
    }
}
