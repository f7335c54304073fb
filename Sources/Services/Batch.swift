import Bureau
import Repositories
import Vault

/// Serves a whole batch; when the work throws, every item of the batch fails with that error.
func batch<Success: Sendable>(
    of count: Int, _ work: () async throws(ServiceError) -> [Result<Success, ServiceError>]
) async -> [Result<Success, ServiceError>] {
    do throws(ServiceError) {
        return try await work()
    } catch {
        return Array(repeating: .failure(error), count: count)
    }
}

/// Hands items to a store, which is not asked when there are none, and converts its error.
func ask<Item: Sendable, Outcome: Sendable>(
    _ call: ([Item]) async throws(StoreError) -> [Outcome], _ items: [Item]
) async throws(ServiceError) -> [Outcome] {
    if items.isEmpty { return [] }
    do throws(StoreError) {
        return try await call(items)
    } catch {
        throw .store(error)
    }
}

/// Applies a patch, and converts its error.
func patching<R>(_ work: () throws(PatchError) -> R) throws(ServiceError) -> R {
    do throws(PatchError) {
        return try work()
    } catch {
        throw ServiceError(error)
    }
}

/// Seals values, and converts the vault's error.
func sealing<R>(_ work: () throws(VaultError) -> R) throws(ServiceError) -> R {
    do throws(VaultError) {
        return try work()
    } catch {
        throw .vault
    }
}

extension BaseVault {
    /// Seals values for a batch in one session, and converts the vault's error.
    func withSealing<R>(_ work: (inout Session) throws(VaultError) -> R) throws(ServiceError) -> R {
        try sealing { () throws(VaultError) in try withSession(work) }
    }

    /// The subjects' tokens in the vault's base.
    func tokens(of cpfs: some Sequence<CPF>) -> [SubjectToken] {
        withSession { session in cpfs.map { session.token(of: $0) } }
    }
}

extension Session {
    /// Makes the subject's token in the session's base.
    mutating func token(of cpf: CPF) -> SubjectToken {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Session.digitCount) { digits in
            cpf.write(to: digits)
            return token(of: UnsafeBufferPointer(digits))
        }
    }
}
