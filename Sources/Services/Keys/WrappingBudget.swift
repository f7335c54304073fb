import Bureau
import Repositories
import Synchronization
import Vault

/// The encryptions that this process may make under a base's newest wrapping key.
///
/// They are reserved in the store in blocks, so that all processes together stay below the bound, whenever one is
/// killed. The store is asked at least every two seconds while data keys are wrapped, so that a process whose ring is
/// an old copy stops before its key is retired.
public final class WrappingBudget: Sendable {
    /// The most encryptions of one key: AES-GCM with random nonces allows 2^32 (NIST SP 800-38D §8.3). A group that is
    /// being sealed while the ring is rotated is not counted for the new key; the rest leaves room for such groups.
    public static let most = Int64(1) << 32 - Int64(1) << 20
    /// How long an answer of the store holds. `keys retire` waits longer.
    public static let validity = Duration.seconds(2)

    private struct State {
        var number: UInt32?
        var left: Int64 = 0
        var until = ContinuousClock.now
        var block = WrappingBudget.firstBlock
    }

    private static let firstBlock: Int64 = 64
    private static let largestBlock: Int64 = 1 << 16

    private let vault: BaseVault
    private let register: any WrappingKeyRegister
    private let most: Int64
    private let state = Mutex(State())

    public init(vault: BaseVault, register: any WrappingKeyRegister, most: Int64 = WrappingBudget.most) {
        self.vault = vault
        self.register = register
        self.most = most
    }

    /// Takes encryptions out of the budget before they are made. `store`, when the store cannot be asked, the ring is
    /// an old copy, or its newest key has wrapped as often as it may.
    public func take(_ count: Int) async throws(ServiceError) {
        do throws(StoreError) {
            try await take(Int64(count))
        } catch {
            throw .store(error)
        }
    }

    func take(_ count: Int64) async throws(StoreError) {
        if count == 0 { return }
        guard let number = vault.wrappingKeyNumbers.last else { return }
        let isCovered = state.withLock { state in
            guard state.number == number, state.left >= count, state.until > .now else { return false }
            state.left -= count
            return true
        }
        if isCovered { return }
        // Taken before the store is asked, because the answer holds from then at the most.
        let until = ContinuousClock.now + Self.validity
        if let flaw = try await check() { throw vault.refusal(StoreReason.oldKeyRing, "\(flaw)") }
        let (isEnough, block) = state.withLock { state in
            if state.number != number { state = State(number: number) }
            let isEnough = state.left >= count
            if isEnough {
                state.left -= count
                state.until = until
            }
            return (isEnough, max(state.block, count))
        }
        if isEnough { return }
        var reserved = block
        if try await !register.reserve(block, of: number, most: most) {
            reserved = count
            guard try await register.reserve(count, of: number, most: most) else {
                throw vault.refusal(
                    StoreReason.spentWrappingKey,
                    "wrapping key \(number) has wrapped as often as it may; run `creditd keys rotate`")
            }
        }
        state.withLock { state in
            guard state.number == number else { return }
            state.left += reserved - count
            state.until = until
            state.block = min(Self.largestBlock, 2 * block)
        }
    }

    /// Compares the ring with what the store has seen, and lets the store note what is new.
    public func check() async throws(StoreError) -> RingFlaw? {
        let seen = try await register.wrappingKeys()
        if let flaw = vault.flaw(beside: seen) { return flaw }
        let new = vault.notes(besides: seen)
        if !new.isEmpty { try await register.note(new) }
        return nil
    }
}

extension BaseVault {
    /// The error of a write that the ring does not allow.
    fileprivate func refusal(_ code: String, _ sentence: String) -> StoreError {
        .unavailable(base, StoreReason(.refused, code: code, sentence), retryAfterMilliseconds: 60_000)
    }
}
