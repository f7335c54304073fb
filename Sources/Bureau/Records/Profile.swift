/// The facts about a person that a score is computed from: the record of base B.
package struct Profile: Sendable, Hashable, PersonalValue {
    /// The subject of the record; it never changes.
    package let cpf: CPF
    package var birthDate: CalendarDate
    /// The home address.
    package var address: Address
    package var housing: Housing?
    /// Everything of value that the person owns; empty when nothing is declared.
    package var assets: [Asset]
    /// All regular incomes; empty when none is declared.
    package var incomeSources: [IncomeSource]

    package init(
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
package enum Housing: String, TextValue, CaseIterable {
    case own, rent
    /// Without payment, such as with family or an employer.
    case forFree = "for_free"
}

/// A thing of value that a person owns.
package struct Asset: Sendable, Hashable, PersonalValue {
    package var kind: AssetKind
    /// The worth, before the outstanding amount is taken off.
    package var value: Money
    /// Whether nothing is owed on the asset any more; nil when not told.
    package var paidOff: Bool?
    /// The amount still owed on the asset; nil when not told, which counts as nothing.
    package var outstanding: Money?
    /// The person's own words. Printing an asset does not use them: it shows `Asset(hidden)`.
    package var description: String?

    package init(
        kind: AssetKind, value: Money, paidOff: Bool? = nil, outstanding: Money? = nil, description: String? = nil
    ) {
        self.kind = kind
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
        self.description = description
    }
}

package enum AssetKind: String, TextValue, CaseIterable {
    case realEstate = "real_estate"
    case vehicle, savings, investment, other
}

/// A regular income of a person.
package struct IncomeSource: Sendable, Hashable, PersonalValue {
    package var kind: IncomeKind
    package var monthlyAmount: Money
    /// The employer's name.
    package var employer: String?
    /// The first day of the income.
    package var since: CalendarDate?

    package init(kind: IncomeKind, monthlyAmount: Money, employer: String? = nil, since: CalendarDate? = nil) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}

package enum IncomeKind: String, TextValue, CaseIterable {
    case salary
    case selfEmployed = "self_employed"
    case pension, rental, other
}

/// A JSON Merge Patch (RFC 7396) of a profile; the members are those of `Profile`.
///
/// An array in the patch replaces the whole array (§2).
package struct ProfilePatch: Sendable, Hashable, PersonalValue {
    package var birthDate: Change<CalendarDate>
    package var address: Change<AddressPatch>
    package var housing: Change<Housing>
    package var assets: Change<[Asset]>
    package var incomeSources: Change<[IncomeSource]>

    package init(
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
    package func applied(to profile: Profile) throws(PatchError) -> Profile {
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
