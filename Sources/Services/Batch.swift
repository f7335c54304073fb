import Bureau
import Repositories
import Vault

/// Runs the work of a whole batch; when it fails as a whole, every item fails for that reason.
func batch<Success: Sendable>(
    of count: Int, _ work: () async throws(ServiceError) -> [Result<Success, ServiceError>]
) async -> [Result<Success, ServiceError>] {
    do throws(ServiceError) {
        return try await work()
    } catch {
        return Array(repeating: .failure(error), count: count)
    }
}

/// Asks a store, and turns its failure into that of the batch.
func asking<R: Sendable>(_ work: () async throws(StoreError) -> R) async throws(ServiceError) -> R {
    do throws(StoreError) {
        return try await work()
    } catch {
        throw .store(error)
    }
}

extension BaseVault {
    /// Seals for a batch, and turns the vault's failure into that of the batch.
    func sealing<R>(_ work: (inout Session) throws(VaultError) -> R) throws(ServiceError) -> R {
        do throws(VaultError) {
            return try withSession(work)
        } catch {
            throw .vault
        }
    }
}

/// The versions and times that a write leaves behind.
package struct Written: Hashable, Sendable {
    package var version: Int64
    package var at: Instant
}
