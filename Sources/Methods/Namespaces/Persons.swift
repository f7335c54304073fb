import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `person`; `stamps` tells what day it is.
    static func persons(
        _ persons: PersonService, _ deletions: PersonDeletionService, _ access: MethodAccesses, _ stamps: Stamps
    ) -> [Method] {
        [
            .aboutSubject(
                "person.create", access, writes: .a, takesKeys: true,
                params: { (reader) throws(Failure) in
                    let now = stamps.now()
                    let person = try Person(reader)
                    try reader.refuse(person.violations(at: now))
                    let debts = try reader.objects("debts") { (debt) throws(Failure) in try Debt(debt, at: now) }
                    try reader.refuse(debts.duplicateContracts.map { RuleViolation("/debts\($0.pointer)", $0.reason) })
                    return PersonDraft(
                        person: person, debts: debts, access: reader.writeAccess(), repetition: reader.repetition)
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
            .ofSubject(
                "person.get", access, reads: .a, answerBytes: 4096,
                service: persons.read,
                result: object { $0.writeMembers($1, to: &$2) }),
            .aboutSubject(
                "person.update", access, writes: .a, takesKeys: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    try SubjectWrite(try PersonPatch(try reader.object("patch")), reader)
                },
                service: persons.update,
                result: { $0.writeUpdate(to: &$1) }),
            .aboutSubject(
                "person.delete", access, reads: [.b, .c], writes: .a, takesKeys: true,
                params: { (reader) throws(Failure) in try SubjectWrite((), reader) },
                service: deletions.delete,
                result: { deleted, writer in
                    writer.object { result in
                        result.member("version", deleted.version)
                        if deleted.left.isEmpty { return }
                        result.key("left")
                        result.array { list in
                            for leftover in deleted.left { list.string(leftover.rawValue) }
                        }
                    }
                }),
        ]
    }
}

extension Person {
    /// Reads the person among the params of `person.create`.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            cpf: try reader.required("cpf"), name: try reader.text("name"), surname: reader.optionalText("surname"),
            socialName: reader.optionalText("socialName"), motherName: reader.optionalText("motherName"),
            birthDate: try reader.required("birthDate"), phone: try reader.optional("phone"),
            email: try reader.optional("email"), address: try Address(try reader.object("address")),
            registration: try reader.optionalObject("registration") { (item) throws(Failure) in
                Registration(status: try item.required("status"), checkedOn: try item.required("checkedOn"))
            })
    }
}

extension PersonPatch {
    /// Reads what `types/person-patch.json` describes.
    init(_ reader: ObjectReader) throws(Failure) {
        self.init(
            name: try reader.textChange("name"), surname: try reader.textChange("surname"),
            socialName: try reader.textChange("socialName"), motherName: try reader.textChange("motherName"),
            birthDate: try reader.change("birthDate"), phone: try reader.change("phone"),
            email: try reader.change("email"),
            address: try reader.objectChange("address") { (patch) throws(Failure) in try AddressPatch(patch) },
            registration: try reader.objectChange("registration") { (patch) throws(Failure) in
                RegistrationPatch(status: try patch.change("status"), checkedOn: try patch.change("checkedOn"))
            })
    }
}

extension PersonView {
    /// Appends what `types/person.json` describes.
    func writeMembers(_ disclosures: Disclosures, to result: inout Writer) {
        person.writeMembers(disclosures, to: &result)
        debts.write(disclosures.of(.debts), to: &result)
        result.member("version", version)
        result.member("createdAt", createdAt)
        result.member("updatedAt", updatedAt)
    }
}

extension Person {
    fileprivate func writeMembers(_ disclosures: Disclosures, to result: inout Writer) {
        let (identity, contacts) = (disclosures.of(.identity), disclosures.of(.contacts))
        result.member("cpf", cpf, identity, .cpf)
        result.member("name", name, identity, .text)
        result.optional("surname", surname, identity, .text)
        result.optional("socialName", socialName, identity, .text)
        result.optional("motherName", motherName, identity, .text)
        result.member("birthDate", birthDate, identity, .date)
        result.optional("phone", phone, contacts, .lastFour)
        result.optional("email", email, contacts, .email)
        address?.writeMember(disclosures.of(.address), to: &result)
        if let registration, identity != .denied {
            result.key("registration")
            result.object { item in
                item.member("status", registration.status)
                item.member("checkedOn", registration.checkedOn, identity, .date)
            }
        }
    }
}
