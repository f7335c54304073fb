import Bureau

extension Address {
    /// The address as it lies inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(postalCode)
        writer.text(street)
        writer.text(number)
        writer.optional(complement) { $0.text($1) }
        writer.text(district)
        writer.text(city)
        writer.text(state)
        writer.text(country)
        return writer.bytes
    }

    /// Nil when the bytes are not an address.
    init?(fields: [UInt8]) {
        let address = FieldReader.read(fields) { reader -> Address? in
            guard let postalCode = reader.value(PostalCode.self), let street = reader.text(),
                let number = reader.text(), let complement = reader.optional({ $0.text() }),
                let district = reader.text(), let city = reader.text(),
                let state = reader.value(FederativeUnit.self), let country = reader.value(CountryCode.self)
            else { return nil }
            return Address(
                postalCode: postalCode, street: street, number: number, complement: complement, district: district,
                city: city, state: state, country: country)
        }
        guard let address else { return nil }
        self = address
    }
}
