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

    /// How old a write may be whose daemon has not remembered it yet, in microseconds.
    private static let longestWrite: UInt64 = 10_000_000
    /// How often, and for how long, a read waits for a daemon to remember a write that was overtaken by a later one.
    private static let waits = 100
    private static let wait = Duration.milliseconds(20)

    private var clock: Stamps { acceptances.trail.stamps }

    /// The version that a record is held against: nil unless a later one was seen, or another one of the same version.
    func floor(above version: SeenVersion?, of name: FloorName) -> SeenVersion? {
        guard let version, let floor = floors.floor(of: name)?.version, version.isOutdated(by: floor) else {
            return nil
        }
        return floor
    }

    /// Remembers a version that has opened.
    func raise(_ name: FloorName, to version: SeenVersion?) {
        if let version { floors.raise(name, to: Floor(version)) }
    }

    /// Remembers a record that has opened.
    func raise(to record: some FlooredRecord, in session: inout VaultSession) {
        let name = record.floorName(in: &session)
        guard let version = record.seenVersion, floors.floor(of: name)?.version != version else { return }
        floors.raise(name, to: content(version, of: record, in: &session))
    }

    /// Remembers a version that was written.
    func set(_ name: FloorName, to version: SeenVersion?, written: SeenTime? = nil) {
        if let version { floors.set(name, to: Floor(version, written: written)) }
    }

    /// The stamp of a content of a subject that is about to be written, later than what was seen of it.
    func newStamp(for token: SubjectToken, in base: Base, _ session: inout VaultSession) -> WriteStamp? {
        let name = FloorName(firstToken: session.first(of: token), in: base)
        let now = UInt64(clamping: clock.now().microsecondsSinceEpoch)
        let seen = floors.floor(of: name)?.written?.time ?? 0
        return WriteStamp(time: floors.nextTime(notBefore: max(now, seen + 1)), machine: floors.machine)
    }

    /// When this machine has written what a mark is of, or now for a deletion. Nil for a random nonce, and for a payment,
    /// which has its version sealed.
    func time(
        of mark: WriteMark, generation: UInt32, in base: Base, _ session: inout VaultSession
    ) -> SeenTime? {
        guard mark.row == .subject else { return nil }
        switch mark.state {
        case .present(let nonce, _):
            return time(session.stamp(inMark: nonce, by: floors.machine, generation: generation, of: mark.token))
        case .absent: return time(newStamp(for: mark.token, in: base, &session))
        case .resealed, .leaving, .staying: return nil
        }
    }

    /// Nil also for a stamp that tells a time far ahead: one nonce in thousands looks like a stamp, and is none.
    private func time(_ stamp: WriteStamp?) -> SeenTime? {
        guard let stamp, Int64(stamp.time) < clock.now().microsecondsSinceEpoch + Instant.microsecondsInDay else {
            return nil
        }
        return SeenTime(stamp, on: floors.machine)
    }

    private func content(
        _ version: SeenVersion, of record: some FlooredRecord, in session: inout VaultSession
    ) -> Floor {
        let stamp = record.stampNonce.flatMap {
            session.stamp(inNonce: $0, generation: version.generation, of: record.token)
        }
        return Floor(version, written: time(stamp))
    }

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

/// A record that is read with what it says of itself, which is authentic once it opens.
protocol FlooredRecord: Sendable {
    static var base: Base { get }
    var token: SubjectToken { get }
    var seenVersion: SeenVersion? { get }
    /// The nonce that may tell when the content was written.
    var stampNonce: ArraySlice<UInt8>? { get }
}

extension FlooredRecord {
    func floorName(in session: inout VaultSession) -> FloorName {
        FloorName(firstToken: session.first(of: token), in: Self.base)
    }
}

extension PersonRecord: FlooredRecord {
    static var base: Base { .a }

    var seenVersion: SeenVersion? {
        // A person of the first release has no state.
        SeenVersion(version: version, generation: dataKey.generation ?? 0, mark: state?.nonce.writeMark ?? 0)
    }

    var stampNonce: ArraySlice<UInt8>? { state?.nonce }
}

extension ProfileRecord: FlooredRecord {
    static var base: Base { .b }

    var token: SubjectToken { content.token }

    var seenVersion: SeenVersion? {
        SeenVersion(
            version: version, generation: content.dataKey.generation ?? 0, mark: content.dataKey.writeMark)
    }

    var stampNonce: ArraySlice<UInt8>? { content.dataKey.nonce }
}
