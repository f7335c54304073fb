import Bureau
import Repositories
import Vault

/// Writes that are on their way to a store which alone knows the versions that they make.
extension SeenVersions {
    /// Makes writes, and remembers that they are under way until it is known what became of them. `write` remembers
    /// those that took place. There is no mark of a write whose version is known.
    func whileUnderWay(
        _ marks: [WriteMark?], in vault: BaseVault,
        write: () async throws(ServiceError) -> [Result<WriteOutcome, ServiceError>]
    ) async throws(ServiceError) -> [Result<WriteOutcome, ServiceError>] {
        let writes = vault.withSession { session in
            marks.map { mark -> (name: FloorName, time: UInt64)? in
                guard let mark, let time = time(of: mark, generation: 1, in: vault.base, &session) else { return nil }
                return (FloorName(firstToken: session.first(of: mark.token), in: vault.base), time.time)
            }
        }
        for write in writes { if let write { floors.begin(write.name, at: write.time) } }
        let outcomes: [Result<WriteOutcome, ServiceError>]
        do throws(ServiceError) {
            outcomes = try await write()
        } catch {
            end(writes, writes.map { _ in .failure(error) })
            throw error
        }
        end(writes, outcomes)
        return outcomes
    }

    private func end(_ writes: [(name: FloorName, time: UInt64)?], _ outcomes: [Result<WriteOutcome, ServiceError>]) {
        for (write, outcome) in zip(writes, outcomes) {
            switch outcome {
            // It may come to the store yet.
            case .failure(.store(.outcomeUnknown)), .success(.failed(.outcomeUnknown)): continue
            default: if let write { floors.end(write.name, at: write.time) }
            }
        }
    }
}
