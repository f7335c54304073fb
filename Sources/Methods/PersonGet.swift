import JSON
import JSONRPC
import Services

/// `person.get`
package struct PersonGet: SubjectMethod {
    package static let name = "person.get"
    package let footprint = Footprint(reads: .a)
    private let persons: PersonService

    package init(persons: PersonService) {
        self.persons = persons
    }

    package func decode(_ params: Value) throws(Failure) -> PersonRequest {
        let reader = ObjectReader(params)
        return PersonRequest(
            cpf: try reader.required("cpf"), action: Self.name, purpose: try reader.required("purpose"))
    }

    package func authorise(_ request: PersonRequest) throws(Failure) {
        try persons.authorise(request).outcome.get()
    }

    package func call(_ group: [PersonRequest]) async -> [Outcome<PersonView>] {
        await persons.read(group).map(\.outcome)
    }

    package func write(_ person: PersonView, to writer: inout Writer) {
        person.write(to: &writer)
    }
}
