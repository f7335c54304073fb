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
///
/// Items that the store cannot read or take together are asked in halves, so that a damaged one fails alone.
func ask<Item: Sendable, Outcome: Sendable>(
    _ call: ([Item]) async throws(StoreError) -> [Outcome], _ items: [Item]
) async throws(ServiceError) -> [Result<Outcome, ServiceError>] {
    if items.isEmpty { return [] }
    do throws(StoreError) {
        return try await call(items).map { .success($0) }
    } catch .corrupt(let base) {
        guard items.count > 1 else { return [.failure(.store(.corrupt(base)))] }
    } catch {
        throw .store(error)
    }
    let middle = items.count / 2
    return try await ask(call, Array(items[..<middle])) + ask(call, Array(items[middle...]))
}

/// Hands items to a store that may fail each alone, and converts its errors.
func askEach<Item: Sendable, Outcome: Sendable>(
    _ call: ([Item]) async throws(StoreError) -> [Result<Outcome, StoreError>], _ items: [Item]
) async throws(ServiceError) -> [Result<Outcome, ServiceError>] {
    try await ask(call, items).map { result in result.flatMap { $0.mapError(ServiceError.store) } }
}

/// Applies a patch, and converts its error.
func patching<R>(_ work: () throws(PatchError) -> R) throws(ServiceError) -> R {
    do throws(PatchError) {
        return try work()
    } catch {
        throw ServiceError(error)
    }
}

/// Refuses a patch after which a record makes no sense; `violations` have pointers within the patch.
func refusePatch(_ violations: [RuleViolation]) throws(ServiceError) {
    if violations.isEmpty { return }
    throw .invalid(violations.map { RuleViolation("/patch\($0.pointer)", $0.reason) })
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
    func withSealing<R>(_ work: (inout VaultSession) throws(VaultError) -> R) throws(ServiceError) -> R {
        try sealing { () throws(VaultError) in try withSession(work) }
    }

    /// The subjects' tokens in the vault's base.
    func tokens(of cpfs: some Sequence<CPF>) -> [SubjectToken] {
        withSession { session in
            let remembered = tokenMemory?.withTable { table in
                cpfs.map { cpf in session.present(table.token(of: cpf) { session.firstToken(of: cpf) }) }
            }
            return remembered ?? cpfs.map { session.token(of: $0) }
        }
    }

    /// The subject's tokens of all keys, the present one first: the audit log has each record under the token of its
    /// time.
    func allTokens(of cpf: CPF) -> [SubjectToken] {
        withSession { session in
            let token = session.token(of: cpf)
            return [token] + session.former(token)
        }
    }
}

extension VaultSession {
    /// Makes the subject's token in the session's base.
    mutating func token(of cpf: CPF) -> SubjectToken { present(firstToken(of: cpf)) }

    /// Makes the subject's token of the first key, which stays for ever.
    mutating func firstToken(of cpf: CPF) -> SubjectToken {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: VaultSession.digitCount) { digits in
            cpf.write(to: digits)
            return firstToken(of: UnsafeBufferPointer(digits))
        }
    }
}
