import Bureau

extension Person {
    /// The layout of the identity: the second one when it holds a member that the first one has not.
    var identityLayout: UInt8 {
        let isFirst = surname != nil && socialName == nil && motherName == nil && registration == nil
        return isFirst ? FieldWriter.layout : FieldWriter.secondLayout
    }

    /// The identity as it lies inside a sealed value: everything but the address.
    var identityFields: [UInt8] {
        let layout = identityLayout
        var writer = FieldWriter(layout: layout)
        writer.integer(cpf.number)
        writer.text(name)
        if layout == FieldWriter.layout { writer.text(surname ?? "") } else { writer.optional(surname) { $0.text($1) } }
        writer.integer(birthDate.daysSinceEpoch)
        writer.optional(phone) { $0.text($1) }
        writer.optional(email) { $0.text($1) }
        guard layout == FieldWriter.secondLayout else { return writer.bytes }
        writer.optional(socialName) { $0.text($1) }
        writer.optional(motherName) { $0.text($1) }
        writer.optional(registration) { writer, registration in
            writer.text(registration.status)
            writer.integer(registration.checkedOn.daysSinceEpoch)
        }
        return writer.bytes
    }

    /// Reads an identity; nil when the bytes are something else.
    init?(identityFields: [UInt8], address: Address?) {
        let person = FieldReader.read(identityFields, upTo: FieldWriter.secondLayout) { Person(&$0, address) }
        guard let person else { return nil }
        self = person
    }

    private init?(_ reader: inout FieldReader, _ address: Address?) {
        let isFirstLayout = reader.layout == FieldWriter.layout
        guard let number = reader.integer(UInt64.self), let cpf = CPF(number: number), let name = reader.text(),
            let surname = isFirstLayout ? reader.text().map({ .some($0) }) : reader.optional({ $0.text() }),
            let days = reader.integer(Int32.self), let birthDate = CalendarDate(daysSinceEpoch: days),
            let phone = reader.optional({ $0.value(PhoneNumber.self) }),
            let email = reader.optional({ $0.value(EmailAddress.self) })
        else { return nil }
        self.init(
            cpf: cpf, name: name, surname: surname, birthDate: birthDate, phone: phone, email: email,
            address: address)
        if isFirstLayout { return }
        guard let socialName = reader.optional({ $0.text() }), let motherName = reader.optional({ $0.text() }),
            let registration = reader.optional({ Registration(&$0) })
        else { return nil }
        self.socialName = socialName
        self.motherName = motherName
        self.registration = registration
    }
}

/// What tells whose data are read and who is scored, without the names and contacts of an identity.
struct IdentityFacts: Sendable, PersonalValue {
    var cpf: CPF
    var birthDate: CalendarDate
    var registration: Registration?

    /// Reads an identity; nil when the bytes are something else.
    init?(identityFields: [UInt8]) {
        let facts = FieldReader.read(identityFields, upTo: FieldWriter.secondLayout) { IdentityFacts(&$0) }
        guard let facts else { return nil }
        self = facts
    }

    private init?(_ reader: inout FieldReader) {
        let isFirstLayout = reader.layout == FieldWriter.layout
        guard let number = reader.integer(UInt64.self), let cpf = CPF(number: number), reader.skipText(),
            isFirstLayout ? reader.skipText() : reader.skipOptionalText(),
            let days = reader.integer(Int32.self), let birthDate = CalendarDate(daysSinceEpoch: days),
            reader.skipOptionalText(), reader.skipOptionalText()
        else { return nil }
        self.cpf = cpf
        self.birthDate = birthDate
        if isFirstLayout { return }
        guard reader.skipOptionalText(), reader.skipOptionalText(),
            let registration = reader.optional({ Registration(&$0) })
        else { return nil }
        self.registration = registration
    }
}

extension Registration {
    fileprivate init?(_ reader: inout FieldReader) {
        guard let status = reader.value(RegistrationStatus.self), let days = reader.integer(Int32.self),
            let checkedOn = CalendarDate(daysSinceEpoch: days)
        else { return nil }
        self.init(status: status, checkedOn: checkedOn)
    }
}
