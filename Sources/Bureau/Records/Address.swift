/// The address at which a person lives or receives mail.
///
/// An address in Brazil has a CEP, a city and a state; one abroad has a city, and may have a postal code of any form
/// and a region. An address that an earlier version stored may break these rules, which `Bureau/Rules` holds.
public struct Address: Sendable, Hashable, PersonalValue {
    /// The CEP of the street, or of the town where the town has only one; abroad, the code as it is used there.
    public var postalCode: PostalCode?
    /// The kind of street and its name, such as `Avenida Paulista`.
    public var street: String?
    /// The number in the street; a text, because `S/N` (none), `12-A` and `KM 214,5` are in use.
    public var number: String?
    /// The part of a building, such as `Apto 12`; nil when the number is enough.
    public var complement: String?
    /// The district (bairro).
    public var district: String?
    /// The municipality.
    public var city: String
    /// The state of the municipality; nil abroad.
    public var state: FederativeUnit?
    /// The state, province or other part of a country abroad; nil in Brazil.
    public var region: String?
    /// The country; Brazil unless another one was given.
    public var country: CountryCode

    /// A masked CEP in Brazil is kept without its mask.
    public init(
        postalCode: PostalCode? = nil, street: String? = nil, number: String? = nil, complement: String? = nil,
        district: String? = nil, city: String, state: FederativeUnit? = nil, region: String? = nil,
        country: CountryCode = .brazil
    ) {
        let cep = country == .brazil ? postalCode.flatMap { CEP($0.text) } : nil
        self.postalCode = cep.map { PostalCode($0) } ?? postalCode
        self.street = street
        self.number = number
        self.complement = complement
        self.district = district
        self.city = city
        self.state = state
        self.region = region
        self.country = country
    }
}

/// A JSON Merge Patch (RFC 7396) of an address; the members are those of `Address`.
public struct AddressPatch: Sendable, Hashable, PersonalValue {
    public var postalCode: Change<PostalCode>
    public var street: Change<String>
    public var number: Change<String>
    public var complement: Change<String>
    public var district: Change<String>
    public var city: Change<String>
    public var state: Change<FederativeUnit>
    public var region: Change<String>
    public var country: Change<CountryCode>

    public init(
        postalCode: Change<PostalCode> = .keep, street: Change<String> = .keep, number: Change<String> = .keep,
        complement: Change<String> = .keep, district: Change<String> = .keep, city: Change<String> = .keep,
        state: Change<FederativeUnit> = .keep, region: Change<String> = .keep, country: Change<CountryCode> = .keep
    ) {
        self.postalCode = postalCode
        self.street = street
        self.number = number
        self.complement = complement
        self.district = district
        self.city = city
        self.state = state
        self.region = region
        self.country = country
    }

    /// Returns the address after the patch; without a current address, the patch must set the city.
    ///
    /// Errors name the members of `/address`. A removed country becomes Brazil.
    func applied(to current: Address?) throws(PatchError) -> Address {
        Address(
            postalCode: postalCode.applied(to: current?.postalCode),
            street: street.applied(to: current?.street),
            number: number.applied(to: current?.number),
            complement: complement.applied(to: current?.complement),
            district: district.applied(to: current?.district),
            city: try city.applied(toRequired: current?.city, at: "/address/city"),
            state: state.applied(to: current?.state),
            region: region.applied(to: current?.region),
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

/// One of the 26 states of Brazil or the Federal District, with its code of ISO 3166-2:BR without `BR-`.
///
/// Capital and small letters are one; capitals are written.
public enum FederativeUnit: String, TextValue, CaseIterable {
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

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 2, text[0].isLetter, text[1].isLetter else { return nil }
        self.init(
            rawValue: String(unsafeUninitializedCapacity: 2) { capitals in
                (capitals[0], capitals[1]) = (text[0].capital, text[1].capital)
                return 2
            })
    }
}
