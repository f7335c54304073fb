import Bureau

extension Person {
    /// CPF, name, birth date and contacts as they lie inside a sealed value; the address has one of its own.
    var identityFields: [UInt8] {
        var writer = FieldWriter()
        writer.integer(cpf.number)
        writer.text(name)
        writer.text(surname)
        writer.integer(birthDate.daysSinceEpoch)
        writer.optional(phone) { $0.text($1) }
        writer.optional(email) { $0.text($1) }
        return writer.bytes
    }

    /// Nil when the bytes are not an identity.
    init?(identityFields: [UInt8], address: Address?) {
        let person = FieldReader.read(identityFields) { reader -> Person? in
            guard let number = reader.integer(UInt64.self), let cpf = CPF(number: number),
                let name = reader.text(), let surname = reader.text(),
                let days = reader.integer(Int32.self), let birthDate = CalendarDate(daysSinceEpoch: days),
                let phone = reader.optional({ $0.value(PhoneNumber.self) }),
                let email = reader.optional({ $0.value(EmailAddress.self) })
            else { return nil }
            return Person(
                cpf: cpf, name: name, surname: surname, birthDate: birthDate, phone: phone, email: email,
                address: address)
        }
        guard let person else { return nil }
        self = person
    }
}
