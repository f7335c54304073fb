/// The identity and contacts of a person: the record of base A, without the debts.
package struct Person: Sendable, Hashable, PersonalValue {
    /// The subject of the record; it never changes.
    package let cpf: CPF
    /// The given names, or the only name.
    package var name: String
    /// The family names; nil for people with one name.
    package var surname: String?
    /// The name by which a travesti or transsexual person is known (Decreto 8.727/2016).
    package var socialName: String?
    /// The whole name of the mother, by which persons of one name are told apart.
    package var motherName: String?
    package var birthDate: CalendarDate
    package var phone: PhoneNumber?
    package var email: EmailAddress?
    /// The home address.
    package var address: Address?
    /// What the Receita Federal said of the CPF.
    package var registration: Registration?

    package init(
        cpf: CPF, name: String, surname: String?, socialName: String? = nil, motherName: String? = nil,
        birthDate: CalendarDate, phone: PhoneNumber? = nil, email: EmailAddress? = nil, address: Address? = nil,
        registration: Registration? = nil
    ) {
        self.cpf = cpf
        self.name = name
        self.surname = surname
        self.socialName = socialName
        self.motherName = motherName
        self.birthDate = birthDate
        self.phone = phone
        self.email = email
        self.address = address
        self.registration = registration
    }
}

/// The state of a CPF in the register of the Receita Federal, and when it was looked up.
package struct Registration: Sendable, Hashable, PersonalValue {
    package var status: RegistrationStatus
    /// The day of the look-up.
    package var checkedOn: CalendarDate

    package init(status: RegistrationStatus, checkedOn: CalendarDate) {
        self.status = status
        self.checkedOn = checkedOn
    }
}

/// The states of a CPF (Instrução Normativa RFB 2.172/2024, art. 2).
package enum RegistrationStatus: String, TextValue, CaseIterable {
    /// Nothing is missing or inconsistent.
    case regular
    /// A tax return is missing (pendente de regularização).
    case pending
    /// The data of the register are wrong or incomplete.
    case suspended
    /// There was more than one number, or an office or a court decided so.
    case cancelled
    /// Fraud was found in the registration (nula).
    case void = "null"
    /// The holder has died (titular falecido).
    case deceased
}

/// A JSON Merge Patch (RFC 7396) of a person; the members are those of `Person`.
package struct PersonPatch: Sendable, Hashable, PersonalValue {
    package var name: Change<String>
    package var surname: Change<String>
    package var socialName: Change<String>
    package var motherName: Change<String>
    package var birthDate: Change<CalendarDate>
    package var phone: Change<PhoneNumber>
    package var email: Change<EmailAddress>
    package var address: Change<AddressPatch>
    package var registration: Change<RegistrationPatch>

    package init(
        name: Change<String> = .keep, surname: Change<String> = .keep, socialName: Change<String> = .keep,
        motherName: Change<String> = .keep, birthDate: Change<CalendarDate> = .keep,
        phone: Change<PhoneNumber> = .keep, email: Change<EmailAddress> = .keep,
        address: Change<AddressPatch> = .keep, registration: Change<RegistrationPatch> = .keep
    ) {
        self.name = name
        self.surname = surname
        self.socialName = socialName
        self.motherName = motherName
        self.birthDate = birthDate
        self.phone = phone
        self.email = email
        self.address = address
        self.registration = registration
    }

    /// Returns the person after the patch; the CPF stays.
    package func applied(to person: Person) throws(PatchError) -> Person {
        Person(
            cpf: person.cpf,
            name: try name.applied(toRequired: person.name, at: "/name"),
            surname: surname.applied(to: person.surname),
            socialName: socialName.applied(to: person.socialName),
            motherName: motherName.applied(to: person.motherName),
            birthDate: try birthDate.applied(toRequired: person.birthDate, at: "/birthDate"),
            phone: phone.applied(to: person.phone),
            email: email.applied(to: person.email),
            address: try address.applied(to: person.address),
            registration: try registration.applied(to: person.registration))
    }
}

/// A JSON Merge Patch (RFC 7396) of a registration; the members are those of `Registration`.
package struct RegistrationPatch: Sendable, Hashable, PersonalValue {
    package var status: Change<RegistrationStatus>
    package var checkedOn: Change<CalendarDate>

    package init(status: Change<RegistrationStatus> = .keep, checkedOn: Change<CalendarDate> = .keep) {
        self.status = status
        self.checkedOn = checkedOn
    }
}

extension Change<RegistrationPatch> {
    /// Returns an optional registration after the patch; errors name the members of `/registration`.
    fileprivate func applied(to current: Registration?) throws(PatchError) -> Registration? {
        switch self {
        case .keep: current
        case .remove: nil
        case .set(let patch):
            Registration(
                status: try patch.status.applied(toRequired: current?.status, at: "/registration/status"),
                checkedOn: try patch.checkedOn.applied(toRequired: current?.checkedOn, at: "/registration/checkedOn"))
        }
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
