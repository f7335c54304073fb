import Bureau
import Logging
import Services
import Synchronization
import Vault

/// Notices while the daemon runs that a key ring is an old copy, and tells it in the log and in the audit log. What
/// needs the ring is refused then by the services themselves.
final class RingGuard: Sendable {
    private let keys: KeyService
    private let vaults: [BaseVault]
    private let trail: AuditTrail
    private let log: Logger
    /// The flaws that were told, and the bases that are being looked at.
    private let state = Mutex((told: [Base: RingFlaw](), pending: Set<Base>()))

    init(keys: KeyService, vaults: [BaseVault], trail: AuditTrail, log: Logger) {
        self.keys = keys
        self.vaults = vaults
        self.trail = trail
        self.log = log
        for vault in vaults {
            let base = vault.base
            vault.onFlaw { [weak self] in self?.look(at: base) }
        }
    }

    /// Reads the rings again, and compares them with what the stores have seen.
    func lookAgain() {
        for vault in vaults {
            vault.refresh()
            look(at: vault.base)
        }
    }

    /// Compares in the background, one look at a time.
    private func look(at base: Base) {
        guard state.withLock({ $0.pending.insert(base).inserted }) else { return }
        Task {
            let flaw = await keys.flaws(of: [base])[base]
            let isNew = state.withLock { state in
                state.pending.remove(base)
                defer { state.told[base] = flaw }
                return state.told[base] != flaw
            }
            guard isNew, let flaw else { return }
            try? trail.journalRefusedRing(of: base)
            log.error(
                "base \(base.rawValue) cannot be written: its key ring has to be replaced",
                metadata: ["base": "\(base.rawValue)", "reason": "\(flaw)"])
        }
    }
}
