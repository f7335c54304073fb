import Bureau
import Repositories
import Vault

/// How records that seem older than what this machine has seen are read once more, and judged.
extension SeenVersions {
    /// How old a write may be whose daemon has not remembered it yet, in microseconds.
    private static let longestWrite: UInt64 = 10_000_000
    /// How often, and for how long, a read waits for a daemon to remember a write that was overtaken by a later one.
    private static let waits = 100
    private static let wait = Duration.milliseconds(20)

    /// Judges records that were read, before they are opened; those that are older than was seen are read `again`.
    ///
    /// Returns what the second look has found, by the records' places: the latest record, or `unreadable` for one that
    /// is older still. The floors were raised before that look, so that no writer can have come in between.
    func secondLook<Record: FlooredRecord>(
        at records: [Result<Record?, ServiceError>], in vault: BaseVault,
        again: ([SubjectToken]) async throws(ServiceError) -> [Result<Record?, ServiceError>]
    ) async throws(ServiceError) -> [Int: Result<Record?, ServiceError>] {
        var suspects = vault.withSession { session in
            records.enumerated().compactMap { index, record in
                suspect(record, index, in: &session) { floors.floor(of: $0) }
            }
        }
        if suspects.isEmpty { return [:] }
        var judged: [Int: Result<Record?, ServiceError>] = [:]
        var hasWaited = false
        repeat {
            let found = try await again(suspects.map(\.token))
            for (suspect, found) in zip(suspects, found) { judged[suspect.index] = found }
            suspects = vault.withSession { session in
                zip(suspects, found).compactMap { suspect, found in
                    self.suspect(found, suspect.index, in: &session) { _ in suspect.floor }
                }
            }
            if suspects.isEmpty { return judged }
            if hasWaited { break }
            hasWaited = await awaitWriters(of: &suspects)
        } while hasWaited
        await heedAcceptances(everyDay: true)
        // What was accepted meanwhile has no floor any more, whoever has forgotten it.
        for suspect in suspects where floors.floor(of: suspect.name)?.outdates(suspect.content) == true {
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
        _ record: Result<(some FlooredRecord)?, ServiceError>, _ index: Int, in session: inout VaultSession,
        floor: (FloorName) -> Floor?
    ) -> Suspect? {
        guard case .success(let record?) = record, let version = record.seenVersion else { return nil }
        let name = record.floorName(in: &session)
        guard let floor = floor(name), floor.version != version else { return nil }
        let content = content(version, of: record, in: &session)
        guard floor.outdates(content) else { return nil }
        return Suspect(index: index, token: record.token, name: name, content: content, floor: floor)
    }

    /// Waits for daemons of this machine that have written a moment ago, and before what was seen: their writes were
    /// overtaken, and they remember them once they are answered. Whether it waited; the floors are the present ones then.
    private func awaitWriters(of suspects: inout [Suspect]) async -> Bool {
        var hasWaited = false
        for _ in 0..<Self.waits {
            let now = UInt64(clamping: clock.now().microsecondsSinceEpoch)
            let isOvertaken = suspects.contains { suspect in
                guard let time = suspect.content.written?.time, time + Self.longestWrite > now else { return false }
                return suspect.floor.outdatesByTime(suspect.content)
            }
            if !isOvertaken { break }
            hasWaited = true
            try? await Task.sleep(for: Self.wait)
            for index in suspects.indices {
                suspects[index].floor = floors.floor(of: suspects[index].name) ?? suspects[index].floor
            }
        }
        return hasWaited
    }
}
