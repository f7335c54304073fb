/// Who a person is and how to reach them: the record of base A, without the debts.
package struct Person: Sendable, Hashable, PersonalValue {
    /// The number that the record is about; it never changes.
    package let cpf: CPF
    /// The given names.
    package var name: String
    /// The family names.
    package var surname: String
    /// The day of birth.
    package var birthDate: CalendarDate
    /// Where to call; nil when not known.
    package var phone: PhoneNumber?
    /// Where to write; nil when not known.
    package var email: EmailAddress?
    /// Where the person lives; nil when not known.
    package var address: Address?

    /// Takes who the person is, and as much of the rest as is known.
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
