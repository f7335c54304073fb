import Bureau
import Repositories
import Vault

/// The key rings of the three bases, as an operator is told of them; no key is ever given out.
public struct KeyService: Sendable {
    /// A wrapping key of a base.
    public struct WrappingKeyStatus: Hashable, Sendable {
        public var number: UInt32
        /// False for a number that data keys name and the ring does not have: they cannot be opened.
        public var isInRing: Bool
        /// Whether the key wraps new data keys.
        public var isNewest: Bool
        /// How many data keys are under it; nil when they were not counted.
        public var dataKeys: Int?
        /// How many encryptions under it processes have reserved; nil when the store has not seen it, or wraps nothing.
        public var encryptions: Int64?
    }

    /// The ring of a base.
    public struct RingStatus: Hashable, Sendable {
        public var base: Base
        /// In the order of their numbers.
        public var wrappingKeys: [WrappingKeyStatus]
        /// How far data keys have been replaced by new ones; nil for base C, which has none.
        public var resealing: ResealingMark?
        /// The most encryptions that are counted of a person's data key; nil for other bases, and when they were not
        /// counted.
        public var mostEncryptions: Int64?
    }

    private let vaults: [BaseVault]
    private let repositories: [Base: any DataKeyRepository]
    private let registers: [Base: any WrappingKeyRegister]
    private let control: AccessControl
    private let trail: AuditTrail

    init(
        vaults: [BaseVault], repositories: [Base: any DataKeyRepository],
        registers: [Base: any WrappingKeyRegister], control: AccessControl, trail: AuditTrail
    ) {
        self.registers = registers
        self.control = control
        self.trail = trail
        self.vaults = vaults
        self.repositories = repositories
    }

    /// Whether the rings are told of; no store is asked. `forbidden` without the duty, which the audit log is told.
    public func authorise() -> Result<Void, ServiceError> {
        let access = Access(method: "key.status", groups: [], duty: .keys)
        let decision = control.permit(access)
        if case .failure = decision { control.noteDenied(access, nil) }
        return decision
    }

    /// Tells the wrapping keys of each ring to calls, those that ask for a count of the data keys by one walk over all
    /// of them. `forbidden` without the duty; each call that is granted is recorded.
    public func status(counting: [Bool]) async -> [Result<[RingStatus], ServiceError>] {
        let decisions = counting.map { _ in authorise() }
        guard case .success? = decisions.first else { return decisions.map { $0.map { [] } } }
        do throws(ServiceError) {
            try trail.journal("key.status", .granted, count: counting.count)
        } catch {
            return counting.map { _ in .failure(error) }
        }
        let status = await status(counting: counting.contains(true))
        return counting.map { _ in status }
    }

    private func status(counting: Bool) async -> Result<[RingStatus], ServiceError> {
        var rings: [RingStatus] = []
        for vault in vaults {
            vault.refresh()
            let numbers = vault.wrappingKeyNumbers
            var counts: [UInt32: Int]?
            var mostEncryptions: Int64?
            var encryptions: [UInt32: Int64] = [:]
            var resealing: ResealingMark?
            do throws(StoreError) {
                resealing = try await repositories[vault.base]?.resealingMark()
                if counting {
                    let walk = repositories[vault.base].map { DataKeyWalk(vault: vault, repository: $0) }
                    // Base C seals nothing, and has no data key.
                    counts = try await walk?.countOnce() ?? [:]
                    mostEncryptions = try await walk?.highestEncryptionCount()
                }
                for note in try await seen(vault.base) { encryptions[note.number] = note.encryptions }
            } catch {
                return .failure(.store(error))
            }
            let keys = Set(numbers).union(counts?.keys.map { $0 } ?? []).sorted().map { number in
                WrappingKeyStatus(
                    number: number, isInRing: numbers.contains(number), isNewest: number == numbers.last,
                    dataKeys: counts.map { $0[number, default: 0] }, encryptions: encryptions[number])
            }
            rings.append(
                RingStatus(
                    base: vault.base, wrappingKeys: keys, resealing: resealing, mostEncryptions: mostEncryptions))
        }
        return .success(rings)
    }

    /// What the stores have seen of keys that wrap data keys.
    private func seen(_ base: Base) async throws(StoreError) -> [WrappingKeyNote] {
        if base == .c { return [] }
        return try await registers[base]?.wrappingKeys() ?? []
    }

    /// Compares each ring with what its store has seen, and returns the flaws. A store that is away is passed over:
    /// nothing is wrapped for it meanwhile.
    public func flaws(of bases: [Base] = Base.allCases) async -> [Base: RingFlaw] {
        var flaws: [Base: RingFlaw] = [:]
        for vault in vaults where bases.contains(vault.base) {
            guard let register = registers[vault.base] else { continue }
            flaws[vault.base] = try? await WrappingBudget(vault: vault, register: register).check()
        }
        return flaws
    }
}
