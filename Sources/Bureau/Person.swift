/// Who a person is and how to reach them: the record of base A, without the debts.
package struct Person: Sendable, Hashable, PersonalValue {
    /// The number that the record is about; it never changes.
    package let cpf: CPF
    package var name: String
    package var surname: String
    package var birthDate: CalendarDate
    package var phone: PhoneNumber?
    package var email: EmailAddress?
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
