/// The address at which a person lives or receives mail.
package struct Address: Sendable, Hashable, PersonalValue {
    /// The CEP of the street, or of the town where the town has only one.
    package var postalCode: PostalCode
    /// The kind of street and its name, such as `Avenida Paulista`.
    package var street: String
    /// The number in the street; a text, because `S/N` (none) and `12-A` are in use.
    package var number: String
    /// The part of a building, such as `Apto 12`; nil when the number is enough.
    package var complement: String?
    /// The district (bairro).
    package var district: String
    /// The municipality.
    package var city: String
    /// The state of the municipality.
    package var state: FederativeUnit
    /// The country; Brazil unless another one was given.
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

/// A JSON Merge Patch (RFC 7396) of an address; the members are those of `Address`.
package struct AddressPatch: Sendable, Hashable, PersonalValue {
    package var postalCode: Change<PostalCode>
    package var street: Change<String>
    package var number: Change<String>
    package var complement: Change<String>
    package var district: Change<String>
    package var city: Change<String>
    package var state: Change<FederativeUnit>
    package var country: Change<CountryCode>

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

    /// Returns the address after the patch; without a current address, the patch must set every required member.
    ///
    /// Errors name the members of `/address`. A removed country becomes Brazil.
    func applied(to current: Address?) throws(PatchError) -> Address {
        Address(
            postalCode: try postalCode.applied(toRequired: current?.postalCode, at: "/address/postalCode"),
            street: try street.applied(toRequired: current?.street, at: "/address/street"),
            number: try number.applied(toRequired: current?.number, at: "/address/number"),
            complement: complement.applied(to: current?.complement),
            district: try district.applied(toRequired: current?.district, at: "/address/district"),
            city: try city.applied(toRequired: current?.city, at: "/address/city"),
            state: try state.applied(toRequired: current?.state, at: "/address/state"),
            country: country.applied(to: current?.country) ?? .brazil)
    }
}

extension Change<AddressPatch> {
    /// Returns an optional address after the patch.
    func applied(to current: Address?) throws(PatchError) -> Address? {
        switch self {
        case .keep: current
        case .remove: nil
        case .set(let patch): try patch.applied(to: current)
        }
    }
}

/// A Brazilian postal code (CEP): eight digits, of which the last three identify the delivery point.
///
/// The forms `01310100` and `01310-100` are read; the first is written, leading zeros kept.
package struct PostalCode: TextValue, PersonalValue {
    /// The eight digits as a number.
    package let number: UInt32

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        switch text.count {
        case 8:
            guard let number = text.decimal(0..<8) else { return nil }
            self.number = UInt32(number)
        case 9:
            guard text[5] == UInt8(ascii: "-"), let region = text.decimal(0..<5), let point = text.decimal(6..<9)
            else { return nil }
            number = UInt32(region * 1000 + point)
        default:
            return nil
        }
    }

    package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withDigits(of: Int(number), count: 8, body)
    }
}

/// A country as two upper-case letters, in the form of ISO 3166-1 alpha-2.
///
/// Only the form is checked, because the standard's list changes more often than this program is built.
package struct CountryCode: StoredTextValue {
    /// The two letters.
    package let text: String

    package static let brazil = CountryCode(known: "BR")

    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 2, text[0].isCapital, text[1].isCapital else { return nil }
        self.text = String(decoding: text, as: UTF8.self)
    }

    private init(known text: String) {
        self.text = text
    }
}

/// One of the 26 states of Brazil or the Federal District, with its code of ISO 3166-2:BR without `BR-`.
package enum FederativeUnit: String, TextValue, CaseIterable {
    case acre = "AC"
    case alagoas = "AL"
    case amapa = "AP"
    case amazonas = "AM"
    case bahia = "BA"
    case ceara = "CE"
    case federalDistrict = "DF"
    case espiritoSanto = "ES"
    case goias = "GO"
    case maranhao = "MA"
    case matoGrosso = "MT"
    case matoGrossoDoSul = "MS"
    case minasGerais = "MG"
    case para = "PA"
    case paraiba = "PB"
    case parana = "PR"
    case pernambuco = "PE"
    case piaui = "PI"
    case rioDeJaneiro = "RJ"
    case rioGrandeDoNorte = "RN"
    case rioGrandeDoSul = "RS"
    case rondonia = "RO"
    case roraima = "RR"
    case santaCatarina = "SC"
    case saoPaulo = "SP"
    case sergipe = "SE"
    case tocantins = "TO"
}
