/// The identity and contacts of a person: the record of base A, without the debts.
package struct Person: Sendable, Hashable, PersonalValue {
    /// The subject of the record; it never changes.
    package let cpf: CPF
    /// The given names.
    package var name: String
    /// The family names.
    package var surname: String
    package var birthDate: CalendarDate
    package var phone: PhoneNumber?
    package var email: EmailAddress?
    /// The home address.
    package var address: Address?

    package init(
        cpf: CPF, name: String, surname: String, birthDate: CalendarDate, phone: PhoneNumber? = nil,
        email: EmailAddress? = nil, address: Address? = nil
    ) {
        self.cpf = cpf
        self.name = name
        self.surname = surname
        self.birthDate = birthDate
        self.phone = phone
        self.email = email
        self.address = address
    }
}

/// A JSON Merge Patch (RFC 7396) of a person; the members are those of `Person`.
package struct PersonPatch: Sendable, Hashable, PersonalValue {
    package var name: Change<String>
    package var surname: Change<String>
    package var birthDate: Change<CalendarDate>
    package var phone: Change<PhoneNumber>
    package var email: Change<EmailAddress>
    package var address: Change<AddressPatch>

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

    /// Returns the person after the patch; the CPF stays.
    package func applied(to person: Person) throws(PatchError) -> Person {
        Person(
            cpf: person.cpf,
            name: try name.applied(toRequired: person.name, at: "/name"),
            surname: try surname.applied(toRequired: person.surname, at: "/surname"),
            birthDate: try birthDate.applied(toRequired: person.birthDate, at: "/birthDate"),
            phone: phone.applied(to: person.phone),
            email: email.applied(to: person.email),
            address: try address.applied(to: person.address))
    }
}

/// An international telephone number: `+` and 8 to 15 digits, of which the first is not zero (ITU-T E.164).
package struct PhoneNumber: TextValue, PersonalValue {
    /// The digits after the `+` as a number, which keeps them all because the first is not zero.
    package let number: UInt64

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard (9...16).contains(text.count), text[0] == UInt8(ascii: "+"), text[1] != UInt8(ascii: "0"),
            let number = text.decimal(1..<text.count)
        else { return nil }
        self.number = UInt64(number)
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = "+\(number)"
        return text.withUTF8(body)
    }
}
