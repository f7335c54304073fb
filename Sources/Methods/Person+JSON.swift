import Bureau
import JSON
import JSONRPC
import Services

extension Person {
    /// Reads the members of `rpc/person.create.json` that are the person's own.
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
            address: try reader.change("address") { (member) throws(Failure) in
                try AddressPatch(ObjectReader(member, at: "\(reader.pointer)/address"))
            })
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
