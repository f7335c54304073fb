import JSON
import JSONRPC
import Services

/// `person.delete`
package struct PersonDelete: SubjectMethod {
    package static let name = "person.delete"
    package let footprint = Footprint(writes: .a)
    private let persons: PersonService

    package init(persons: PersonService) {
        self.persons = persons
    }

    package func decode(_ params: Value) throws(Failure) -> SubjectDeletion {
        try SubjectDeletion(ObjectReader(params))
    }

    package func call(_ group: [SubjectDeletion]) async -> [Outcome<Written>] {
        await persons.delete(group).map(\.outcome)
    }

    package func write(_ written: Written, to writer: inout Writer) {
        written.writeDeletion(to: &writer)
    }
}

extension SubjectDeletion {
    /// Reads the params of a method that deletes a subject's record.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.required("cpf"), expectedVersion: try reader.optionalInteger("expectedVersion"))
    }
}
