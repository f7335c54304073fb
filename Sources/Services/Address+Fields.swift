import Bureau

extension Address {
    /// The layout of the address: the second one when it lacks a member that the first one has, or has a new one.
    var layout: UInt8 {
        let isFirst =
            postalCode != nil && street != nil && number != nil && district != nil && state != nil && region == nil
        return isFirst ? FieldWriter.layout : FieldWriter.secondLayout
    }

    /// The address as it lies inside a sealed value.
    var fields: [UInt8] {
        guard let postalCode, let street, let number, let district, let state, region == nil else {
            return secondFields
        }
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

    private var secondFields: [UInt8] {
        var writer = FieldWriter(layout: FieldWriter.secondLayout)
        writer.text(country)
        writer.optional(postalCode) { $0.text($1) }
        for text in [street, number, complement, district] { writer.optional(text) { $0.text($1) } }
        writer.text(city)
        writer.optional(state) { $0.text($1) }
        writer.optional(region) { $0.text($1) }
        return writer.bytes
    }

    /// Reads an address; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let address = FieldReader.read(fields, upTo: FieldWriter.secondLayout) { reader in
            reader.layout == FieldWriter.layout ? Address(first: &reader) : Address(second: &reader)
        }
        guard let address else { return nil }
        self = address
    }

    private init?(first reader: inout FieldReader) {
        guard let postalCode = reader.value(PostalCode.self), let street = reader.text(),
            let number = reader.text(), let complement = reader.optional({ $0.text() }),
            let district = reader.text(), let city = reader.text(),
            let state = reader.value(FederativeUnit.self), let country = reader.country()
        else { return nil }
        self.init(
            postalCode: postalCode, street: street, number: number, complement: complement, district: district,
            city: city, state: state, country: country)
    }

    private init?(second reader: inout FieldReader) {
        guard let country = reader.country(), let postalCode = reader.optional({ $0.value(PostalCode.self) }),
            let street = reader.optional({ $0.text() }), let number = reader.optional({ $0.text() }),
            let complement = reader.optional({ $0.text() }), let district = reader.optional({ $0.text() }),
            let city = reader.text(), let state = reader.optional({ $0.value(FederativeUnit.self) }),
            let region = reader.optional({ $0.text() })
        else { return nil }
        self.init(
            postalCode: postalCode, street: street, number: number, complement: complement, district: district,
            city: city, state: state, region: region, country: country)
    }
}

extension FieldReader {
    fileprivate mutating func country() -> CountryCode? {
        text().flatMap { CountryCode(stored: $0) }
    }
}
