import Bureau
import Repositories
import Vault

/// What this machine has seen of profiles, against which reads are held (`SeenVersions`).
extension ProfileService {
    /// Judges profiles that were read. `unreadable` for one that is older than this machine has seen.
    func latest(
        _ records: [Result<ProfileRecord?, ServiceError>]
    ) async throws(ServiceError) -> [Result<ProfileRecord?, ServiceError>] {
        guard let seen else { return records }
        let judged = try await seen.secondLook(at: records, in: vault) { (tokens) async throws(ServiceError) in
            try await askEach(repository.read, tokens)
        }
        if judged.isEmpty { return records }
        var records = records
        for (index, record) in judged { records[index] = record }
        return records
    }

    /// Makes `unreadable` of scores whose profile this machine has seen deleted, and that came back with a former one.
    func judged(
        _ scores: [Result<[ScoreRecord], ServiceError>], of tokens: [SubjectToken]
    ) async throws(ServiceError) -> [Result<[ScoreRecord], ServiceError>] {
        guard let seen else { return scores }
        let suspects = vault.withSession { session in
            scores.indices.filter { index in
                guard case .success(let found) = scores[index], !found.isEmpty else { return false }
                let name = FloorName(firstToken: session.first(of: tokens[index]), in: .b)
                return seen.floors.floor(of: name)?.version.isEnd == true
            }
        }
        if suspects.isEmpty { return scores }
        var scores = scores
        let found = try await latest(try await askEach(repository.read, suspects.map { tokens[$0] }))
        for (index, profile) in zip(suspects, found) {
            if case .failure(let error) = profile { scores[index] = .failure(error) }
        }
        return scores
    }

    /// Writes profiles, of which this machine remembers that they are under way.
    func whileUnderWay(
        _ puts: [ProfilePut], write: () async throws(ServiceError) -> [Result<WriteOutcome, ServiceError>]
    ) async throws(ServiceError) -> [Result<WriteOutcome, ServiceError>] {
        guard let seen else { return try await write() }
        return try await seen.whileUnderWay(puts.map { $0.mark(version: nil) }, in: vault, write: write)
    }

    /// Remembers what became of profiles by writes that took place.
    func noteWritten(_ marks: [WriteMark]) {
        guard let seen else { return }
        vault.withSession { session in
            for mark in marks {
                let name = FloorName(firstToken: session.first(of: mark.token), in: .b)
                // Each write has a data key of the first generation.
                let version = mark.state.version.flatMap { SeenVersion(mark.state, generation: 1, written: $0) }
                seen.set(name, to: version, written: seen.time(of: mark, generation: 1, in: .b, &session))
            }
        }
    }
}

extension ProfilePut {
    /// The mark of the profile once it is written as a version.
    func mark(version: Int64?) -> WriteMark {
        WriteMark(token: content.token, state: .present(mark: content.dataKey.writeMark, version: version))
    }
}
