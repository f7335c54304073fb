/// Where a person lives or receives mail.
package struct Address: Sendable, Hashable, PersonalValue {
    /// The CEP of the street, or of the place where it has only one.
    package var postalCode: PostalCode
    /// The kind of street and its name, such as `Avenida Paulista`.
    package var street: String
    /// The number in the street; a text, since `S/N` (none) and `12-A` are in use.
    package var number: String
    /// What tells apart the homes at one number; nil when nothing does.
    package var complement: String?
    /// The district (bairro).
    package var district: String
    /// The municipality.
    package var city: String
    /// The state of the municipality.
    package var state: FederativeUnit
    /// The country; Brazil when none was given.
    package var country: CountryCode

    /// Takes the parts of an address in Brazil unless `country` says otherwise.
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
