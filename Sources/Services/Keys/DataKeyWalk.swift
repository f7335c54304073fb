import Bureau
import Repositories
import Vault

/// A walk over all data keys of a base: counts them by their wrapping keys, or wraps them anew.
///
/// It keeps no place between two runs: a run that is killed is followed by one that skips what was done. Requests go on
/// meanwhile, because a page is one short transaction, and a data key that is wrapped anew stays the same key.
public struct DataKeyWalk: Sendable {
    /// What a walk has met so far.
    public struct Tally: Hashable, Sendable {
        /// How many data keys each wrapping key has wrapped, by its number.
        public var byNumber: [UInt32: Int] = [:]
        /// How many data keys are of each generation.
        public var byGeneration: [UInt32: Int] = [:]
        /// Data keys that were wrapped anew.
        public var rewrapped = 0
        /// Data keys that the ring does not open, or that are damaged.
        public var unreadable = 0

        public var total: Int { byNumber.values.reduce(0, +) }

        public init() {}
    }

    private static let keysOfPage = 500
    /// How often a store that is away is asked again, a second apart.
    private static let maximumRetries = 60

    private let vault: BaseVault
    private let repository: any DataKeyRepository
    private let wrapping: WrappingBudget

    public init(vault: BaseVault, repository: any DataKeyRepository) {
        wrapping = WrappingBudget(vault: vault, register: repository)
        self.vault = vault
        self.repository = repository
    }

    /// Counts the data keys; with `opening`, each is unwrapped, too. `progress` is told the tally after each page.
    public func count(
        opening: Bool = false, progress: (Tally) throws -> Void = { _ in }
    ) async throws -> Tally {
        var tally = Tally()
        try await forEachPage { keys in
            tally.add(keys)
            if opening {
                tally.unreadable += vault.withSession { session in
                    keys.count { (try? session.unwrap($0.dataKey, for: $0.token)) == nil }
                }
            }
            try progress(tally)
        }
        return tally
    }

    /// How far data keys have been replaced by new ones.
    public func resealingMark() async throws(StoreError) -> ResealingMark { try await repository.resealingMark() }

    /// The most encryptions that are counted of a data key of base A; nil for base B, where each write makes a new one.
    public func highestEncryptionCount() async throws(StoreError) -> Int64? {
        try await (repository as? any ResealingRepository)?.highestEncryptionCount()
    }

    /// Counts the data keys by their wrapping keys; a store that is away fails the count.
    func countOnce() async throws(StoreError) -> [UInt32: Int] {
        var tally = Tally()
        var cursor: DataKeyCursor?
        repeat {
            let page = try await repository.dataKeys(after: cursor, limit: Self.keysOfPage)
            tally.add(page.keys)
            cursor = page.next
        } while cursor != nil && !Task.isCancelled
        return tally.byNumber
    }

    /// Wraps every data key with the newest wrapping key, and returns what the last walk has met.
    ///
    /// It walks until nothing is left to be wrapped anew, because a daemon may have wrapped keys with the former one
    /// until it looked at its ring.
    public func rewrap(progress: (Tally) throws -> Void = { _ in }) async throws -> Tally {
        vault.refresh()
        var rewrapped = 0
        while true {
            var tally = Tally()
            var missed = 0
            tally.rewrapped = rewrapped
            try await forEachPage { keys in
                let newest = vault.wrappingKeyNumbers.last
                let outdated = keys.count { $0.dataKey.wrappingKeyNumber != newest }
                try await retrying { () async throws(StoreError) in try await wrapping.take(Int64(outdated)) }
                let (changes, unreadable) = changes(of: keys)
                let done = try await retrying { () async throws(StoreError) in try await repository.rewrap(changes) }
                tally.add(keys)
                tally.unreadable += unreadable
                tally.rewrapped += done.count { $0 }
                missed += done.count { !$0 }
                try progress(tally)
            }
            if tally.rewrapped == rewrapped, missed == 0 { return tally }
            rewrapped = tally.rewrapped
        }
    }

    private func changes(of keys: [KeyRingSample]) -> (changes: [DataKeyRewrap], unreadable: Int) {
        var unreadable = 0
        let changes = vault.withSession { session in
            keys.compactMap { key -> DataKeyRewrap? in
                do throws(VaultError) {
                    return try session.rewrap(key.dataKey, for: key.token).map {
                        DataKeyRewrap(token: key.token, former: key.dataKey, rewrapped: $0)
                    }
                } catch {
                    unreadable += 1
                    return nil
                }
            }
        }
        return (changes, unreadable)
    }

    /// Meets each data key, unless subjects are given other tokens meanwhile, which fails the walk.
    func forEachPage(_ body: ([KeyRingSample]) async throws -> Void) async throws {
        let number = try vault.steadyTokenKey()
        var cursor: DataKeyCursor?
        repeat {
            try Task.checkCancellation()
            let start = cursor
            let page = try await retrying { () async throws(StoreError) in
                try await repository.dataKeys(after: start, limit: Self.keysOfPage)
            }
            try await body(page.keys)
            cursor = page.next
        } while cursor != nil
        _ = try vault.steadyTokenKey(number)
    }

    /// Asks a store again while it is away. Both calls may be repeated: a second one finds what the first has done.
    func retrying<R>(
        lockedRetries: Int = maximumRetries, _ call: () async throws(StoreError) -> R
    ) async throws -> R {
        var retries = 0
        while true {
            do throws(StoreError) {
                return try await call()
            } catch {
                retries += 1
                if case .corrupt = error { throw error }
                if error.reason?.cause == .refused { throw error }
                if retries > (error.reason?.cause == .locked ? lockedRetries : Self.maximumRetries) { throw error }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }
}

extension DataKeyWalk.Tally {
    fileprivate mutating func add(_ keys: [KeyRingSample]) {
        for key in keys {
            byNumber[key.dataKey.wrappingKeyNumber ?? 0, default: 0] += 1
            byGeneration[key.dataKey.generation ?? 0, default: 0] += 1
        }
    }
}
