import Bureau
import Repositories
import Vault

/// Seals and opens one profile's values in base B. A profile is always written whole, so each write has a new key.
struct ProfileBox {
    let token: SubjectToken
    let key: DataKey

    func seal(
        _ profile: Profile, dataKey: WrappedDataKey, in session: inout Session
    ) throws(VaultError) -> ProfileContent {
        let address = try session.seal(profile.address.fields, with: key, at: place("profile", "address"))
        var assets: [AssetRecord] = []
        for (index, asset) in profile.assets.enumerated() {
            assets.append(
                AssetRecord(
                    kind: asset.kind, value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding,
                    description: try seal(
                        asset.description, at: place("asset", "description", index), in: &session)))
        }
        var incomeSources: [IncomeRecord] = []
        for (index, source) in profile.incomeSources.enumerated() {
            incomeSources.append(
                IncomeRecord(
                    kind: source.kind, monthlyAmount: source.monthlyAmount,
                    employer: try seal(
                        source.employer, at: place("income_source", "employer", index), in: &session),
                    since: source.since))
        }
        return ProfileContent(
            token: token, dataKey: dataKey, birthDate: profile.birthDate, housing: profile.housing,
            address: Sealed(address), assets: assets, incomeSources: incomeSources)
    }

    func open(_ content: ProfileContent, cpf: CPF, in session: inout Session) throws(VaultError) -> Profile {
        let fields = try session.open(content.address.bytes, with: key, at: place("profile", "address"))
        guard let address = Address(fields: fields) else { throw .malformed }
        var assets: [Asset] = []
        for (index, asset) in content.assets.enumerated() {
            assets.append(
                Asset(
                    kind: asset.kind, value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding,
                    description: try open(asset.description, at: place("asset", "description", index), in: &session)))
        }
        var incomeSources: [IncomeSource] = []
        for (index, source) in content.incomeSources.enumerated() {
            incomeSources.append(
                IncomeSource(
                    kind: source.kind, monthlyAmount: source.monthlyAmount,
                    employer: try open(
                        source.employer, at: place("income_source", "employer", index), in: &session),
                    since: source.since))
        }
        return Profile(
            cpf: cpf, birthDate: content.birthDate, address: address, housing: content.housing, assets: assets,
            incomeSources: incomeSources)
    }

    private func seal(
        _ text: String?, at place: Location, in session: inout Session
    ) throws(VaultError) -> Sealed? {
        guard let text else { return nil }
        return Sealed(try session.seal(Array(text.utf8), with: key, at: place))
    }

    private func open(
        _ sealed: Sealed?, at place: Location, in session: inout Session
    ) throws(VaultError) -> String? {
        guard let sealed else { return nil }
        return String(decoding: try session.open(sealed.bytes, with: key, at: place), as: UTF8.self)
    }

    /// `index` is the place of a row among the profile's assets or sources of income.
    private func place(_ table: String, _ column: String, _ index: Int? = nil) -> Location {
        let row = index.map { index in withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) } } ?? []
        return Location(
            base: .b, table: table, column: column, subject: token, row: row, generation: key.generation)
    }
}
