import Bureau
import Repositories
import Vault

/// How records that seem older than what this machine has seen are read once more, and judged.
extension SeenVersions {
    /// Judges records that were read, before they are opened; those that are older than was seen are read `again`.
    ///
    /// Returns what the second look has found, by the records' places: the latest record, or `unreadable` for one that
    /// is older still, or has a version that no daemon reaches. The floors were raised before that look, so that no
    /// writer can have come in between.
    func secondLook<Record: FlooredRecord>(
        at records: [Result<Record?, ServiceError>], in vault: BaseVault,
        again: ([SubjectToken]) async throws(ServiceError) -> [Result<Record?, ServiceError>]
    ) async throws(ServiceError) -> [Int: Result<Record?, ServiceError>] {
        var judged: [Int: Result<Record?, ServiceError>] = [:]
        var suspects = vault.withSession { session in
            records.enumerated().compactMap { index, record -> Suspect? in
                guard case .success(let record?) = record else { return nil }
                guard let version = record.seenVersion else {
                    judged[index] = .failure(.unreadable(vault.base))
                    return nil
                }
                return suspect(record, version, index, in: &session) { floors.floor(of: $0) }
            }
        }
        if suspects.isEmpty { return judged }
        let found = try await again(suspects.map(\.token))
        for (suspect, found) in zip(suspects, found) { judged[suspect.index] = found }
        suspects = vault.withSession { session in
            zip(suspects, found).compactMap { suspect, found -> Suspect? in
                guard case .success(let record?) = found, let version = record.seenVersion else { return nil }
                return self.suspect(record, version, suspect.index, in: &session) { _ in suspect.floor }
            }
        }
        if suspects.isEmpty { return judged }
        await heedAcceptances(everyDay: true)
        // What was accepted meanwhile has no floor any more, whoever has forgotten it.
        for suspect in suspects where floors.floor(of: suspect.name).map({ outdates($0, suspect.content) }) == true {
            judged[suspect.index] = .failure(.unreadable(vault.base))
        }
        return judged
    }

    /// A record that is older than was seen, by its place.
    private struct Suspect {
        var index: Int
        var token: SubjectToken
        var name: FloorName
        var content: Floor
        var floor: Floor
    }

    /// Nil for a record that is not older than its floor.
    private func suspect(
        _ record: some FlooredRecord, _ version: SeenVersion, _ index: Int, in session: inout VaultSession,
        floor: (FloorName) -> Floor?
    ) -> Suspect? {
        let name = record.floorName(in: &session)
        guard let floor = floor(name), floor.version != version else { return nil }
        let content = content(version, of: record, in: &session)
        guard outdates(floor, content) else { return nil }
        return Suspect(index: index, token: record.token, name: name, content: content, floor: floor)
    }

    /// Whether a content is older than its floor. A floor that lies ahead was written when a clock was wrong: its time
    /// tells nothing.
    private func outdates(_ floor: Floor, _ content: Floor) -> Bool {
        var floor = floor
        if let time = floor.written?.time, time > now + SeenTime.clockDifference { floor.written = nil }
        return floor.outdates(content)
    }
}
