import Bureau
import Repositories
import Services
import Synchronization

/// How a base in memory was used.
package struct StoreUse: Sendable {
    package private(set) var reads = 0
    package private(set) var writes = 0
    /// Whether a writing call named a subject twice although its repository asks for different subjects.
    package private(set) var hasRepeatedSubject = false

    package var calls: Int { reads + writes }

    /// Counts a call: a reading call without tokens, or a writing call with the tokens that must differ.
    mutating func count(writing tokens: [SubjectToken]?) {
        guard let tokens else { return reads += 1 }
        writes += 1
        if Set(tokens).count < tokens.count { hasRepeatedSubject = true }
    }
}

extension Stamps {
    /// A clock that advances by a millisecond with each reading, and identifiers that count.
    package static func counting(from start: Int64 = 1_800_000_000) -> Stamps {
        let ticks = Mutex(Int64(0))
        let draws = Mutex(UInt64(0))
        return Stamps(
            now: {
                ticks.withLock { ticks in
                    ticks += 1
                    return Instant(secondsSinceEpoch: start, microseconds: ticks * 1000)
                }
            },
            random: {
                draws.withLock { draws in
                    draws += 1
                    return draws
                }
            })
    }
}

extension StoreReason {
    /// The reason of a failure that a test asks for.
    package static let test = StoreReason(.throttled, code: "TEST", "a test asks for it")
}

/// A store in memory: it takes any key ring, and there is nothing to check.
package protocol MemoryStore: Store {}

extension MemoryStore {
    package func check() async -> [StoreCheck] { [] }
    package func keyRingMark() async throws(StoreError) -> KeyRingMark { .unbound(nil) }
    package func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint { ring }
    package nonisolated func reloadCredentials() {}
    package func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] { [] }
    package func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {}
    package func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool { true }
    package func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {}
}
