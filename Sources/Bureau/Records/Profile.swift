/// The facts about a person that a score is computed from: the record of base B.
public struct Profile: Sendable, Hashable, PersonalValue {
    /// The subject of the record; it never changes.
    public let cpf: CPF
    public var birthDate: CalendarDate
    /// The home address.
    public var address: Address
    public var housing: Housing?
    /// Everything of value that the person owns; empty when nothing is declared.
    public var assets: [Asset]
    /// All regular incomes; empty when none is declared.
    public var incomeSources: [IncomeSource]

    public init(
        cpf: CPF, birthDate: CalendarDate, address: Address, housing: Housing? = nil, assets: [Asset] = [],
        incomeSources: [IncomeSource] = []
    ) {
        self.cpf = cpf
        self.birthDate = birthDate
        self.address = address
        self.housing = housing
        self.assets = assets
        self.incomeSources = incomeSources
    }
}

/// The terms on which a person lives in their home.
public enum Housing: String, TextValue, CaseIterable {
    case own, rent
    /// Without payment, such as with family or an employer.
    case forFree = "for_free"
}

/// A thing of value that a person owns.
public struct Asset: Sendable, Hashable, PersonalValue {
    public var kind: AssetKind
    /// The worth, before the outstanding amount is taken off.
    public var value: Money
    /// Whether nothing is owed on the asset any more; nil when not told.
    public var paidOff: Bool?
    /// The amount still owed on the asset; nil when not told, which counts as nothing.
    public var outstanding: Money?
    /// The person's own words. Printing an asset does not use them: it shows `Asset(hidden)`.
    public var description: String?

    public init(
        kind: AssetKind, value: Money, paidOff: Bool? = nil, outstanding: Money? = nil, description: String? = nil
    ) {
        self.kind = kind
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
        self.description = description
    }
}

public enum AssetKind: String, TextValue, CaseIterable {
    case realEstate = "real_estate"
    case vehicle, savings, investment, other
}

/// A regular income of a person.
public struct IncomeSource: Sendable, Hashable, PersonalValue {
    public var kind: IncomeKind
    public var monthlyAmount: Money
    /// The employer's name.
    public var employer: String?
    /// The first day of the income.
    public var since: CalendarDate?

    public init(kind: IncomeKind, monthlyAmount: Money, employer: String? = nil, since: CalendarDate? = nil) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}

public enum IncomeKind: String, TextValue, CaseIterable {
    case salary
    case selfEmployed = "self_employed"
    case pension, rental, other
}

/// A JSON Merge Patch (RFC 7396) of a profile; the members are those of `Profile`.
///
/// An array in the patch replaces the whole array (§2).
public struct ProfilePatch: Sendable, Hashable, PersonalValue {
    public var birthDate: Change<CalendarDate>
    public var address: Change<AddressPatch>
    public var housing: Change<Housing>
    public var assets: Change<[Asset]>
    public var incomeSources: Change<[IncomeSource]>

    public init(
        birthDate: Change<CalendarDate> = .keep, address: Change<AddressPatch> = .keep,
        housing: Change<Housing> = .keep, assets: Change<[Asset]> = .keep,
        incomeSources: Change<[IncomeSource]> = .keep
    ) {
        self.birthDate = birthDate
        self.address = address
        self.housing = housing
        self.assets = assets
        self.incomeSources = incomeSources
    }

    /// Returns the profile after the patch; the CPF stays.
    public func applied(to profile: Profile) throws(PatchError) -> Profile {
        guard let address = try address.applied(to: profile.address) else {
            throw .requiredMemberMissing(pointer: "/address")
        }
        return Profile(
            cpf: profile.cpf,
            birthDate: try birthDate.applied(toRequired: profile.birthDate, at: "/birthDate"),
            address: address,
            housing: housing.applied(to: profile.housing),
            assets: try assets.applied(toRequired: profile.assets, at: "/assets"),
            incomeSources: try incomeSources.applied(toRequired: profile.incomeSources, at: "/incomeSources"))
    }
}
