/// A JSON Merge Patch (RFC 7396) of an address.
///
/// Its members are those of `Address`, where they are described.
package struct AddressPatch: Sendable, Hashable, PersonalValue {
    package var postalCode: Change<PostalCode>
    package var street: Change<String>
    package var number: Change<String>
    package var complement: Change<String>
    package var district: Change<String>
    package var city: Change<String>
    package var state: Change<FederativeUnit>
    package var country: Change<CountryCode>

    /// Changes what is given, and keeps the rest of the address.
    package init(
        postalCode: Change<PostalCode> = .keep, street: Change<String> = .keep, number: Change<String> = .keep,
        complement: Change<String> = .keep, district: Change<String> = .keep, city: Change<String> = .keep,
        state: Change<FederativeUnit> = .keep, country: Change<CountryCode> = .keep
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

    /// The address after the patch; where there is none yet, the patch must bring every required member.
    ///
    /// `pointer` is the place of the address in the patch, and begins the pointers of errors. An address that loses
    /// its country is in Brazil.
    package func applied(to current: Address?, at pointer: String) throws(PatchError) -> Address {
        Address(
            postalCode: try postalCode.applied(toRequired: current?.postalCode, at: pointer + "/postalCode"),
            street: try street.applied(toRequired: current?.street, at: pointer + "/street"),
            number: try number.applied(toRequired: current?.number, at: pointer + "/number"),
            complement: complement.applied(to: current?.complement),
            district: try district.applied(toRequired: current?.district, at: pointer + "/district"),
            city: try city.applied(toRequired: current?.city, at: pointer + "/city"),
            state: try state.applied(toRequired: current?.state, at: pointer + "/state"),
            country: country.applied(to: current?.country) ?? .brazil)
    }
}
