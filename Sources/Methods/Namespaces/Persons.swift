import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `person`.
    static func persons(_ persons: PersonService) -> [Method] {
        [
            .aboutSubject(
                "person.create", writes: .a,
                params: { (reader) throws(Failure) in
                    PersonDraft(
                        person: try Person(reader),
                        debts: try reader.objects("debts") { (debt) throws(Failure) in try Debt(debt) },
                        action: reader.method)
                },
                service: persons.create,
                result: { created, writer in
                    writer.object { result in
                        result.member("version", created.version)
                        result.member("createdAt", created.at)
                        result.key("debtIds")
                        result.array { list in
                            for debtID in created.debtIDs { list.string(debtID) }
                        }
                    }
                }),
            .aboutSubject(
                "person.get", reads: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in try PersonRequest(reader) },
                authorise: persons.authorise,
                service: persons.read,
                result: { $0.write(to: &$1) }),
            .aboutSubject(
                "person.update", writes: .a, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(try PersonPatch(try reader.object("patch")), reader)
                },
                service: persons.update,
                result: { $0.writeUpdate(to: &$1) }),
            .aboutSubject(
                "person.delete", writes: .a,
                params: { (reader) throws(Failure) in try SubjectWrite((), reader) },
                service: persons.delete,
                result: { $0.writeDeletion(to: &$1) }),
        ]
    }
}

extension Person {
    /// Reads the person among the params of `person.create`.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.required("cpf"), name: try reader.text("name"), surname: try reader.text("surname"),
            birthDate: try reader.required("birthDate"), phone: try reader.optional("phone"),
            email: try reader.optional("email"), address: try Address(try reader.object("address")))
    }
}

extension PersonPatch {
    /// Reads what `types/person-patch.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            name: try reader.textChange("name"), surname: try reader.textChange("surname"),
            birthDate: try reader.change("birthDate"), phone: try reader.change("phone"),
            email: try reader.change("email"),
            address: try reader.objectChange("address") { (patch) throws(Failure) in try AddressPatch(patch) })
    }
}

extension PersonView {
    /// Appends what `types/person.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("cpf", person.cpf)
            result.member("name", person.name)
            result.member("surname", person.surname)
            result.member("birthDate", person.birthDate)
            result.optional("phone", person.phone)
            result.optional("email", person.email)
            if let address = person.address {
                result.key("address")
                address.write(to: &result)
            }
            result.key("debts")
            result.array { list in
                for debt in debts { debt.write(to: &list) }
            }
            result.member("version", version)
            result.member("createdAt", createdAt)
            result.member("updatedAt", updatedAt)
        }
    }
}
