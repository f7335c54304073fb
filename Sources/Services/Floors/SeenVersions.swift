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

    /// Microseconds since 1970.
    var now: UInt64 { UInt64(clamping: acceptances.trail.stamps.now().microsecondsSinceEpoch) }

    /// When the first stamp was given, in microseconds since 1970: the midnight before 2026-11-30, UTC.
    private static let firstStamp: UInt64 = 1_795_996_800_000_000

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

    /// The stamp of a content of a subject that is about to be written: later than what was seen of it, unless that is
    /// far ahead.
    func newStamp(for token: SubjectToken, in base: Base, _ session: inout VaultSession) -> WriteStamp? {
        let name = FloorName(firstToken: session.first(of: token), in: base)
        let now = now
        let seen = floors.floor(of: name)?.written?.time ?? 0
        let isNear = seen < now + SeenTime.clockDifference
        return floors.nextStamp(notBefore: isNear ? max(now, seen + 1) : now)
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

    /// Nil also for a stamp that tells a time far ahead, or before there were any: one random nonce in thousands looks
    /// like a stamp, and is none.
    private func time(_ stamp: WriteStamp?) -> SeenTime? {
        guard let stamp, stamp.time >= Self.firstStamp, stamp.time < now + UInt64(Instant.microsecondsInDay) else {
            return nil
        }
        return SeenTime(stamp, on: floors.machine)
    }

    /// A record's content, by what it says of itself.
    func content(
        _ version: SeenVersion, of record: some FlooredRecord, in session: inout VaultSession
    ) -> Floor {
        let stamp = record.stampNonce.flatMap {
            session.stamp(inNonce: $0, generation: version.generation, of: record.token)
        }
        return Floor(version, written: time(stamp))
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
