/// A JSON Merge Patch (RFC 7396) of a profile. An array in it replaces the whole array (§2).
///
/// Its members are those of `Profile`, where they are described.
package struct ProfilePatch: Sendable, Hashable, PersonalValue {
    package var birthDate: Change<CalendarDate>
    package var address: Change<AddressPatch>
    package var housing: Change<Housing>
    package var assets: Change<[Asset]>
    package var incomeSources: Change<[IncomeSource]>

    /// Changes what is given, and keeps the rest of the profile.
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

    /// The profile after the patch; the CPF stays.
    package func applied(to profile: Profile) throws(PatchError) -> Profile {
        Profile(
            cpf: profile.cpf,
            birthDate: try birthDate.applied(toRequired: profile.birthDate, at: "/birthDate"),
            address: try patchedAddress(profile.address),
            housing: housing.applied(to: profile.housing),
            assets: try assets.applied(toRequired: profile.assets, at: "/assets"),
            incomeSources: try incomeSources.applied(toRequired: profile.incomeSources, at: "/incomeSources"))
    }

    private func patchedAddress(_ current: Address) throws(PatchError) -> Address {
        switch address {
        case .keep: current
        case .remove: throw .requiredMemberMissing(pointer: "/address")
        case .set(let patch): try patch.applied(to: current, at: "/address")
        }
    }
}
