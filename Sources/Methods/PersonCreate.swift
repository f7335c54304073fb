import JSON
import JSONRPC
import Services

/// `person.create`
package struct PersonCreate: SubjectMethod {
    package static let name = "person.create"
    package let footprint = Footprint(writes: .a)
    private let persons: PersonService

    package init(persons: PersonService) {
        self.persons = persons
    }

    package func decode(_ params: Value) throws(Failure) -> PersonDraft {
        let reader = ObjectReader(params)
        return PersonDraft(
            person: try .init(reader),
            debts: try reader.objects("debts") { (item) throws(Failure) in try .init(item) })
    }

    package func call(_ group: [PersonDraft]) async -> [Outcome<PersonCreated>] {
        await persons.create(group).map(\.outcome)
    }

    package func write(_ created: PersonCreated, to writer: inout Writer) {
        writer.object { result in
            result.member("version", created.version)
            result.member("createdAt", created.createdAt)
            result.key("debtIds")
            result.array { list in
                for debtID in created.debtIDs { list.string(debtID) }
            }
        }
    }
}
