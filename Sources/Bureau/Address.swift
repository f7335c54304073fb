/// Where a person lives or receives mail.
package struct Address: Sendable, Hashable, PersonalValue {
    package var postalCode: PostalCode
    package var street: String
    /// The number in the street; a text, since `S/N` (none) and `12-A` are in use.
    package var number: String
    package var complement: String?
    package var district: String
    package var city: String
    package var state: FederativeUnit
    package var country: CountryCode

    package init(
        postalCode: PostalCode, street: String, number: String, complement: String? = nil, district: String,
        city: String, state: FederativeUnit, country: CountryCode = .brazil
    ) {
        self.postalCode = postalCode
        self.street = street
        self.number = number
        self.complement = complement
        self.district = district
        self.city = city
        self.state = state
        self.country = country
    }
}
