import JSON
import JSONRPC
import Services

/// `person.update`
package struct PersonUpdate: SubjectMethod {
    package static let name = "person.update"
    package let footprint = Footprint(writes: .a)
    private let persons: PersonService

    package init(persons: PersonService) {
        self.persons = persons
    }

    package func decode(_ params: Value) throws(Failure) -> PersonChange {
        let reader = ObjectReader(params)
        return PersonChange(
            cpf: try reader.required("cpf"), patch: try .init(try reader.object("patch")),
            expectedVersion: try reader.optionalInteger("expectedVersion"))
    }

    package func call(_ group: [PersonChange]) async -> [Outcome<Written>] {
        await persons.update(group).map(\.outcome)
    }

    package func write(_ written: Written, to writer: inout Writer) {
        written.write(to: &writer)
    }
}
