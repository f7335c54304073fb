/// The identity and contacts of a person: the record of base A, without the debts.
public struct Person: Sendable, Hashable, PersonalValue {
    /// The subject of the record; it never changes.
    public let cpf: CPF
    /// The given names, or the only name.
    public var name: String
    /// The family names; nil for people with one name.
    public var surname: String?
    /// The name by which a travesti or transsexual person is known (Decreto 8.727/2016).
    public var socialName: String?
    /// The whole name of the mother, by which persons of one name are told apart.
    public var motherName: String?
    public var birthDate: CalendarDate
    public var phone: PhoneNumber?
    public var email: EmailAddress?
    /// The home address.
    public var address: Address?
    /// What the Receita Federal said of the CPF.
    public var registration: Registration?

    public init(
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
public struct Registration: Sendable, Hashable, PersonalValue {
    public var status: RegistrationStatus
    /// The day of the look-up.
    public var checkedOn: CalendarDate

    public init(status: RegistrationStatus, checkedOn: CalendarDate) {
        self.status = status
        self.checkedOn = checkedOn
    }
}

/// The states of a CPF (Instrução Normativa RFB 2.172/2024, art. 2).
public enum RegistrationStatus: String, TextValue, CaseIterable {
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
public struct PersonPatch: Sendable, Hashable, PersonalValue {
    public var name: Change<String>
    public var surname: Change<String>
    public var socialName: Change<String>
    public var motherName: Change<String>
    public var birthDate: Change<CalendarDate>
    public var phone: Change<PhoneNumber>
    public var email: Change<EmailAddress>
    public var address: Change<AddressPatch>
    public var registration: Change<RegistrationPatch>

    public init(
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
    public func applied(to person: Person) throws(PatchError) -> Person {
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
public struct RegistrationPatch: Sendable, Hashable, PersonalValue {
    public var status: Change<RegistrationStatus>
    public var checkedOn: Change<CalendarDate>

    public init(status: Change<RegistrationStatus> = .keep, checkedOn: Change<CalendarDate> = .keep) {
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
public struct PhoneNumber: TextValue, PersonalValue {
    /// The digits after the `+` as a number, which keeps them all because the first is not zero.
    public let number: UInt64

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard (9...16).contains(text.count), text[0] == UInt8(ascii: "+"), text[1] != UInt8(ascii: "0"),
            let number = text.decimal(1..<text.count)
        else { return nil }
        self.number = UInt64(number)
    }

    public func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = "+\(number)"
        return text.withUTF8(body)
    }
}
