import Bureau
import Repositories
import Vault

/// The key rings of the three bases, as an operator is told of them; no key is ever given out.
package struct KeyService: Sendable {
    /// A wrapping key of a base.
    package struct WrappingKeyStatus: Hashable, Sendable {
        package var number: UInt32
        /// False for a number that data keys name and the ring does not have: they cannot be opened.
        package var isInRing: Bool
        /// Whether the key wraps new data keys.
        package var isNewest: Bool
        /// How many data keys it has wrapped; nil when they were not counted.
        package var dataKeys: Int?
    }

    /// The ring of a base.
    package struct RingStatus: Hashable, Sendable {
        package var base: Base
        /// In the order of their numbers.
        package var wrappingKeys: [WrappingKeyStatus]
    }

    private let vaults: [BaseVault]
    private let repositories: [Base: any DataKeyRepository]
    private let control: AccessControl

    init(vaults: [BaseVault], repositories: [Base: any DataKeyRepository], control: AccessControl) {
        self.control = control
        self.vaults = vaults
        self.repositories = repositories
    }

    /// Tells the wrapping keys of each ring and, with `counting`, walks over all data keys of the bases.
    ///
    /// `forbidden` without the duty.
    package func status(counting: Bool) async -> Result<[RingStatus], ServiceError> {
        let access = Access(method: "key.status", groups: [], duty: .keys)
        if case .failure(let refusal) = control.permit(access) { return .failure(refusal) }
        var rings: [RingStatus] = []
        for vault in vaults {
            vault.refresh()
            let numbers = vault.wrappingKeyNumbers
            var counts: [UInt32: Int]?
            if counting {
                do throws(StoreError) {
                    counts = try await count(vault)
                } catch {
                    return .failure(.store(error))
                }
            }
            let keys = Set(numbers).union(counts?.keys.map { $0 } ?? []).sorted().map { number in
                WrappingKeyStatus(
                    number: number, isInRing: numbers.contains(number), isNewest: number == numbers.last,
                    dataKeys: counts.map { $0[number, default: 0] })
            }
            rings.append(RingStatus(base: vault.base, wrappingKeys: keys))
        }
        return .success(rings)
    }

    /// Base C seals nothing, and has no data key.
    private func count(_ vault: BaseVault) async throws(StoreError) -> [UInt32: Int] {
        guard let repository = repositories[vault.base] else { return [:] }
        return try await DataKeyWalk(vault: vault, repository: repository).countOnce()
    }
}
