import Bureau
import Repositories
import Vault

/// A profile as it is given out: `ProfileRecord` in plaintext.
public struct ProfileView: Sendable {
    public var profile: Profile
    public var version: Int64
    public var createdAt: Instant
    public var updatedAt: Instant
}

/// Profiles in base B: sealing, and the order of reads and writes.
public struct ProfileService: Sendable {
    let vault: BaseVault
    let repository: any ProfileRepository
    let control: AccessControl
    let trail: AuditTrail
    let stamps: Stamps
    let wrapping: WrappingBudget
    /// What this machine has seen of records; nil where it keeps nothing of it.
    let seen: SeenVersions?

    public init(
        vault: BaseVault, repository: any ProfileRepository, control: AccessControl, trail: AuditTrail,
        stamps: Stamps, wrapping: WrappingBudget? = nil, seen: SeenVersions? = nil
    ) {
        self.seen = seen
        self.wrapping = wrapping ?? WrappingBudget(vault: vault, register: repository)
        self.trail = trail
        self.control = control
        self.vault = vault
        self.repository = repository
        self.stamps = stamps
    }

    /// Writes whole profiles; the expected version 0 means that there must be no profile yet. `versionConflict`,
    /// `forbidden`.
    public func put(_ writes: [SubjectWrite<Profile>]) async -> [Result<Written, ServiceError>] {
        await once(writes) { writes in
            await batch(of: writes.count) { () async throws(ServiceError) in
                try await wrapping.take(writes.count)
                let puts = try vault.withSealing { (session) throws(VaultError) in
                    var puts: [ProfilePut] = []
                    puts.reserveCapacity(writes.count)
                    for write in writes {
                        puts.append(
                            try put(write.content, expecting: write.expectedVersion, write.mark, in: &session))
                    }
                    return puts
                }
                return try await trail.recording(writes.lazy.map(\.access), to: puts.lazy.map(\.content.token)) {
                    () async throws(ServiceError) in
                    try await self.write(puts)
                }
            }
        }
    }

    /// Reads profiles. `notFound`, `forbidden`.
    public func read(_ reads: [SubjectRead]) async -> [Result<Disclosed<ProfileView>, ServiceError>] {
        await control.disclosed(reads) { reads, _ in await views(of: reads.map { SubjectRequest($0) }) }
    }

    /// Reads profiles for accesses that were granted, and on behalf of writes. `notFound`.
    func views(of requests: [SubjectRequest]) async -> [Result<ProfileView, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
            let new = zip(requests, tokens).filter { !$0.0.isAudited }
            let records = try await trail.recording(new.lazy.map(\.0.access), to: new.lazy.map(\.1)) {
                () async throws(ServiceError) in
                try await latest(try await askEach(repository.read, tokens))
            }
            let views = vault.withSession { session in
                requests.indices.map { index in
                    records[index].flatMap { record in
                        record.map { open($0, of: tokens[index], cpf: requests[index].cpf, in: &session) }
                            ?? .failure(.notFound)
                    }
                }
            }
            trail.noteUnreadable(views, of: requests, tokens, in: .b)
            return views
        }
    }

    /// Merges patches into profiles. `notFound`, `versionConflict`, `invalidPatch`, `forbidden`.
    public func update(_ writes: [SubjectWrite<ProfilePatch>]) async -> [Result<Written, ServiceError>] {
        await once(writes) { writes in
            await Attempt.settle(writes) { (writes) async throws(ServiceError) in
                let found = await views(of: writes.map { SubjectRequest(for: $0) })
                try await wrapping.take(writes.count)
                return vault.withSession { session in
                    zip(writes, found).map { write, found in
                        Result { () throws(ServiceError) in try put(write, onto: found, in: &session) }
                    }
                }
            } write: { (puts) async throws(ServiceError) in
                try await write(puts)
            }
        }
    }

    /// Deletes profiles with their scores. `notFound`, `versionConflict`, `forbidden`.
    public func delete(_ deletions: [SubjectWrite<Void>]) async -> [Result<Written, ServiceError>] {
        await once(deletions) { deletions in
            await batch(of: deletions.count) { () async throws(ServiceError) in
                let at = stamps.now()
                let items = zip(deletions, vault.tokens(of: deletions.lazy.map(\.cpf))).map { deletion, token in
                    var item = ProfileDeletion(token: token, expectedVersion: deletion.expectedVersion)
                    item.receipt = deletion.mark?.receipt(at: at)
                    return item
                }
                let outcomes = try await trail.recording(deletions.lazy.map(\.access), to: items.lazy.map(\.token)) {
                    () async throws(ServiceError) in
                    // Told before: a daemon that is killed in between has deleted nothing that the log does not expect.
                    try trail.journal(items.map { WriteMark(token: $0.token, state: .leaving) }, in: .b)
                    return try await ask(repository.delete, items)
                }
                note(zip(items, outcomes)) { WriteMark(token: $0.token, state: .absent(version: $1)) }
                let staying = zip(items, outcomes).compactMap { item, outcome -> WriteMark? in
                    switch outcome {
                    case .success(.notFound), .success(.versionConflict), .success(.overtaken), .success(.erased):
                        WriteMark(token: item.token, state: .staying)
                    default: nil
                    }
                }
                try? trail.journal(staying, in: .b)
                return outcomes.map {
                    $0.flatMap(\.version).map { Written(version: $0, at: at) }
                }
            }
        }
    }

    private func once<Content>(
        _ writes: [SubjectWrite<Content>],
        write: ([SubjectWrite<Content>]) async -> [Result<Written, ServiceError>]
    ) async -> [Result<Written, ServiceError>] {
        await control.permitted(writes) { writes in
            await vault.once(writes, lookUp: repository.receipts, answer: { Written($0) }, write: write)
        }
    }

    private func put(
        _ write: SubjectWrite<ProfilePatch>, onto found: Result<ProfileView, ServiceError>,
        in session: inout VaultSession
    ) throws(ServiceError) -> ProfilePut {
        let view = try found.get()
        try write.requireVersion(view.version)
        let patched = try patching { () throws(PatchError) in try write.content.applied(to: view.profile) }
        try refusePatch(write.content.violations(of: patched, from: view.profile, at: stamps.now()))
        return try sealing { () throws(VaultError) in
            try put(patched, expecting: view.version, write.mark, in: &session)
        }
    }

    private func put(
        _ profile: Profile, expecting version: Int64?, _ mark: RepeatMark?, in session: inout VaultSession
    ) throws(VaultError) -> ProfilePut {
        let token = session.token(of: profile.cpf)
        let stamp = seen?.newStamp(for: token, in: .b, &session)
        let (key, wrapped) = try session.makeDataKey(for: token, stamp: stamp)
        let content = try ProfileSealer(token: token, key: key).seal(profile, dataKey: wrapped, in: &session)
        var put = ProfilePut(content: content, expectedVersion: version, at: stamps.now())
        put.addressLayout = Int64(profile.address.layout)
        put.times = session.hidden(RowTimes(put.at), of: .subject(token))
        put.receipt = mark?.receipt(at: put.at)
        return put
    }

    private func write(_ puts: [ProfilePut]) async throws(ServiceError) -> [Result<Written, ServiceError>] {
        let outcomes = try await whileUnderWay(puts) { () async throws(ServiceError) in
            let outcomes = try await ask(repository.put, puts)
            note(zip(puts, outcomes)) { $0.mark(version: $1) }
            return outcomes
        }
        return zip(puts, outcomes).map { put, outcome in
            outcome.flatMap(\.version).map { Written(version: $0, at: put.at) }
        }
    }

    /// Has the audit log know what became of profiles.
    private func note<Item>(
        _ writes: some Sequence<(Item, Result<WriteOutcome, ServiceError>)>, _ mark: (Item, Int64) -> WriteMark
    ) {
        let marks = writes.compactMap { item, outcome in
            (try? outcome.get()).flatMap { if case .written(let version) = $0 { mark(item, version) } else { nil } }
        }
        try? trail.journal(marks, in: .b)
        noteWritten(marks)
    }

    private func open(
        _ record: ProfileRecord, of token: SubjectToken, cpf: CPF, in session: inout VaultSession
    ) -> Result<ProfileView, ServiceError> {
        do throws(VaultError) {
            guard record.seenVersion != nil else { throw .notAuthentic }
            let sealer = ProfileSealer(token: token, key: try session.unwrap(record.content.dataKey, for: token))
            let times = session.shown(record.times, of: .subject(token))
            let profile = try sealer.open(record.content, cpf: cpf, in: &session)
            seen?.raise(to: record, in: &session)
            return .success(
                ProfileView(
                    profile: profile, version: record.version, createdAt: times.created, updatedAt: times.updated))
        } catch {
            return .failure(.unreadable(.b))
        }
    }
}

/// Seals and opens the values of one profile in base B.
///
/// A profile is always written whole, so each write has a new data key.
struct ProfileSealer {
    let token: SubjectToken
    let key: DataKey

    func seal(
        _ profile: Profile, dataKey: WrappedDataKey, in session: inout VaultSession
    ) throws(VaultError) -> ProfileContent {
        var assets: [AssetRecord] = []
        for (index, asset) in profile.assets.enumerated() {
            let description = try seal(asset.description, at: location("asset", "description", index), in: &session)
            assets.append(
                AssetRecord(
                    kind: asset.kind, value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding,
                    description: description))
        }
        var incomeSources: [IncomeRecord] = []
        for (index, source) in profile.incomeSources.enumerated() {
            let employer = try seal(source.employer, at: location("income_source", "employer", index), in: &session)
            incomeSources.append(
                IncomeRecord(
                    kind: source.kind, monthlyAmount: source.monthlyAmount, employer: employer, since: source.since))
        }
        var content = ProfileContent(
            token: token, dataKey: dataKey, birthDate: profile.birthDate, housing: profile.housing,
            address: Sealed([]), assets: assets, incomeSources: incomeSources)
        content.address = try session.seal(profile.address.fields, with: key, at: location(ofAddressIn: content))
        return content
    }

    func open(_ content: ProfileContent, cpf: CPF, in session: inout VaultSession) throws(VaultError) -> Profile {
        let fields = try session.open(content.address, with: key, at: location(ofAddressIn: content))
        guard let address = Address(fields: fields) else { throw .malformed }
        var assets: [Asset] = []
        for (index, asset) in content.assets.enumerated() {
            let description = try open(asset.description, at: location("asset", "description", index), in: &session)
            assets.append(
                Asset(
                    kind: asset.kind, value: asset.value, paidOff: asset.paidOff, outstanding: asset.outstanding,
                    description: description))
        }
        var incomeSources: [IncomeSource] = []
        for (index, source) in content.incomeSources.enumerated() {
            let employer = try open(source.employer, at: location("income_source", "employer", index), in: &session)
            incomeSources.append(
                IncomeSource(
                    kind: source.kind, monthlyAmount: source.monthlyAmount, employer: employer, since: source.since))
        }
        return Profile(
            cpf: cpf, birthDate: content.birthDate, address: address, housing: content.housing, assets: assets,
            incomeSources: incomeSources)
    }

    /// Throws when the figures or sealed values are not those that were written together.
    func verify(_ content: ProfileContent, in session: inout VaultSession) throws(VaultError) {
        _ = try session.open(content.address, with: key, at: location(ofAddressIn: content))
    }

    private func seal(_ text: String?, at location: SealedLocation, in session: inout VaultSession) throws(VaultError)
        -> Sealed?
    {
        guard let text else { return nil }
        return try session.seal(Array(text.utf8), with: key, at: location)
    }

    private func open(
        _ sealed: Sealed?, at location: SealedLocation, in session: inout VaultSession
    ) throws(VaultError) -> String? {
        guard let sealed else { return nil }
        return String(decoding: try session.open(sealed, with: key, at: location), as: UTF8.self)
    }

    /// The address, which each profile has, is bound to all else: to the figures that lie beside it in plain, and to
    /// the other sealed values. A figure that was changed, or a value that was put back, makes the profile unreadable.
    func location(ofAddressIn content: ProfileContent) -> SealedLocation {
        SealedLocation(
            base: .b, table: "profile", column: "address", subject: token, generation: key.generation,
            record: content.octetsBesideAddress)
    }

    /// `index` is the position of a row among the profile's assets or sources of income.
    func location(_ table: String, _ column: String, _ index: Int? = nil) -> SealedLocation {
        let row = index.map { index in withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) } } ?? []
        return SealedLocation(
            base: .b, table: table, column: column, subject: token, row: row, generation: key.generation)
    }
}
