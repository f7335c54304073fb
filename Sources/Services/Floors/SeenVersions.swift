import Bureau
import Repositories
import Vault

/// What this machine has seen of records, and how a record that is older is judged when it is read.
///
/// Older is what somebody has put back past the daemons: also a whole subject, whose values prove each other. A record
/// that was read before another writer came in between is older, too, and is known by a second look.
public struct SeenVersions: Sendable {
    let floors: any VersionFloors
    let acceptances: Acceptances

    /// The version that a record is held against: nil unless a later one was seen, or another one of the same version.
    func floor(above version: SeenVersion?, of name: FloorName) -> SeenVersion? {
        guard let version, let floor = floors.floor(of: name), version.isOutdated(by: floor) else { return nil }
        return floor
    }

    /// Remembers a version that has opened.
    func raise(_ name: FloorName, to version: SeenVersion?) {
        if let version { floors.raise(name, to: version) }
    }

    /// Remembers a version that was written.
    func set(_ name: FloorName, to version: SeenVersion?) {
        if let version { floors.set(name, to: version) }
    }

    /// Judges records that were read, before they are opened; those that are older than was seen are read `again`.
    ///
    /// Returns what the second look has found, by the records' places: the latest record, or `unreadable` for one that
    /// is older still. The floors were raised before that look, so that no writer can have come in between.
    func secondLook<Record: FlooredRecord>(
        at records: [Result<Record?, ServiceError>], in vault: BaseVault,
        again: ([SubjectToken]) async throws(ServiceError) -> [Result<Record?, ServiceError>]
    ) async throws(ServiceError) -> [Int: Result<Record?, ServiceError>] {
        let suspects = vault.withSession { session in
            var suspects: [(index: Int, token: SubjectToken, name: FloorName, floor: SeenVersion)] = []
            for (index, record) in records.enumerated() {
                guard case .success(let record?) = record else { continue }
                let name = FloorName(firstToken: session.first(of: record.token), in: vault.base)
                guard let floor = floor(above: record.seenVersion, of: name) else { continue }
                suspects.append((index, record.token, name, floor))
            }
            return suspects
        }
        if suspects.isEmpty { return [:] }
        let found = try await again(suspects.map(\.token))
        var judged: [Int: Result<Record?, ServiceError>] = [:]
        var outdated: [(index: Int, name: FloorName, version: SeenVersion)] = []
        for (suspect, found) in zip(suspects, found) {
            judged[suspect.index] = found
            guard case .success(let record?) = found, let version = record.seenVersion,
                version.isOutdated(by: suspect.floor)
            else { continue }
            outdated.append((suspect.index, suspect.name, version))
        }
        if !outdated.isEmpty { await heedAcceptances(everyDay: true) }
        // What was accepted meanwhile has no floor any more, whoever has forgotten it.
        for suspect in outdated where floor(above: suspect.version, of: suspect.name) != nil {
            judged[suspect.index] = .failure(.unreadable(vault.base))
        }
        return judged
    }

    /// Forgets what was seen when an operator has accepted what the bases have since; true then. Without base A
    /// nothing was accepted. What daemons look for every two seconds lies around now; `everyDay` looks further.
    @discardableResult
    public func heedAcceptances(everyDay: Bool) async -> Bool {
        let heeded = floors.heeded
        let accepted: Acceptance?
        do throws(StoreError) {
            accepted = try await acceptances.latest(after: heeded, everyDay: everyDay)
        } catch {
            return false
        }
        guard let accepted else { return false }
        // The latest time of both, so that none of the two is later than the other.
        floors.forgetAll(heeding: Acceptance(leaf: accepted.leaf, at: max(accepted.at, heeded.at)))
        return true
    }
}

/// A record that is read with the version by which it is held against what was seen.
protocol FlooredRecord: Sendable {
    var token: SubjectToken { get }
    /// What the record says of itself, which is authentic once it opens.
    var seenVersion: SeenVersion? { get }
}

extension PersonRecord: FlooredRecord {
    var seenVersion: SeenVersion? {
        // A person of the first release has no state.
        SeenVersion(version: version, generation: dataKey.generation ?? 0, mark: state?.nonce.writeMark ?? 0)
    }
}

extension ProfileRecord: FlooredRecord {
    var token: SubjectToken { content.token }

    var seenVersion: SeenVersion? {
        SeenVersion(
            version: version, generation: content.dataKey.generation ?? 0, mark: content.dataKey.writeMark)
    }
}
