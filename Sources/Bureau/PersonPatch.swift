/// A JSON Merge Patch (RFC 7396) of a person.
///
/// Its members are those of `Person`, where they are described.
package struct PersonPatch: Sendable, Hashable, PersonalValue {
    package var name: Change<String>
    package var surname: Change<String>
    package var birthDate: Change<CalendarDate>
    package var phone: Change<PhoneNumber>
    package var email: Change<EmailAddress>
    package var address: Change<AddressPatch>

    /// Changes what is given, and keeps the rest of the person.
    package init(
        name: Change<String> = .keep, surname: Change<String> = .keep, birthDate: Change<CalendarDate> = .keep,
        phone: Change<PhoneNumber> = .keep, email: Change<EmailAddress> = .keep, address: Change<AddressPatch> = .keep
    ) {
        self.name = name
        self.surname = surname
        self.birthDate = birthDate
        self.phone = phone
        self.email = email
        self.address = address
    }

    /// The person after the patch; the CPF stays.
    package func applied(to person: Person) throws(PatchError) -> Person {
        Person(
            cpf: person.cpf,
            name: try name.applied(toRequired: person.name, at: "/name"),
            surname: try surname.applied(toRequired: person.surname, at: "/surname"),
            birthDate: try birthDate.applied(toRequired: person.birthDate, at: "/birthDate"),
            phone: phone.applied(to: person.phone),
            email: email.applied(to: person.email),
            address: try patchedAddress(person.address))
    }

    private func patchedAddress(_ current: Address?) throws(PatchError) -> Address? {
        switch address {
        case .keep: current
        case .remove: nil
        case .set(let patch): try patch.applied(to: current, at: "/address")
        }
    }
}
