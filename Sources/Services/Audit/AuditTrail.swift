import Bureau
import Repositories
import Vault

/// What makes the audit records of this process: who it acts for, the keys of the log, and the journal.
public struct AuditTrail: Sendable {
    /// The process, by an identifier of this start.
    public let process: RecordID
    public let actor: Actor
    let keys: AuditKeys
    let stamps: Stamps
    private let journal: any AccessJournal

    public init(process: RecordID, actor: Actor, keys: AuditKeys, stamps: Stamps, journal: any AccessJournal) {
        self.process = process
        self.actor = actor
        self.keys = keys
        self.stamps = stamps
        self.journal = journal
    }

    /// The records of accesses to subjects, those with one reason together. `tokens` are the subjects', in `base`.
    public func records(
        of accesses: some Sequence<Access>, to tokens: some Sequence<SubjectToken>, in base: Base,
        _ outcome: AuditOutcome
    ) -> [AuditRecord] {
        var groups = SubjectsByAccess()
        // Neighbours mostly share their access, and comparing is faster than hashing.
        var (current, subjects): (Access?, [SubjectToken]) = (nil, [])
        for (access, token) in zip(accesses, tokens) {
            if access != current {
                groups.add(subjects[...], by: current)
                (current, subjects) = (access, [])
            }
            subjects.append(token)
        }
        groups.add(subjects[...], by: current)
        return records(of: groups, in: base, outcome)
    }

    /// The same for requests that lie in an array, of which no access is copied: base C is asked very often.
    private func records<Request: AccessRequest>(
        of requests: [Request], to tokens: [SubjectToken], in base: Base
    ) -> [AuditRecord] {
        var groups = SubjectsByAccess()
        var start = 0
        while start < requests.count {
            let access = requests[start].access
            var end = start + 1
            while end < requests.count, requests[end].access == access { end += 1 }
            groups.add(tokens[start..<end], by: access)
            start = end
        }
        return records(of: groups, in: base, .granted)
    }

    private func records(of groups: SubjectsByAccess, in base: Base, _ outcome: AuditOutcome) -> [AuditRecord] {
        let at = stamps.now()
        return groups.list.flatMap { records(of: $0.access, to: $0.subjects, in: base, outcome, at) }
    }

    /// The records of one access to subjects.
    private func records(
        of access: Access, to subjects: [SubjectToken], in base: Base, _ outcome: AuditOutcome, _ at: Instant
    ) -> [AuditRecord] {
        stride(from: 0, to: subjects.count, by: AuditRecord.mostSubjects).map { start in
            let part = subjects[start..<min(start + AuditRecord.mostSubjects, subjects.count)]
            return AuditRecord(
                recordID: recordID(), at: at, process: process, actor: actor(of: access), base: base,
                method: access.method, purpose: access.purpose, requester: access.requester, groups: access.groups,
                outcome: outcome,
                count: part.count, subjects: part.map { AuditSubject($0) })
        }
    }

    /// Who made an access. What an assistant asked for is told by the actor's name, so that earlier versions read the
    /// record too.
    private func actor(of access: Access) -> Actor {
        access.isByAssistant ? Actor(name: "\(actor.name) via mcp", role: actor.role) : actor
    }

    /// The records of accesses that were granted, for the transaction of an access to base A.
    public func granted(
        _ accesses: some Sequence<Access>, to tokens: some Sequence<SubjectToken>
    ) -> [AuditLine] {
        keys.lines(of: records(of: accesses, to: tokens, in: .a, .granted))
    }

    /// Records accesses in the journal. With `synced`, the caller also awaits `sync()` before it answers.
    public func journal(
        _ accesses: some Sequence<Access>, to tokens: some Sequence<SubjectToken>, in base: Base,
        _ outcome: AuditOutcome = .granted
    ) throws(ServiceError) {
        try journal(records(of: accesses, to: tokens, in: base, outcome))
    }

    /// Records requests that were granted in the journal. `tokens` are the subjects', in `base`.
    func journal(
        _ requests: [some AccessRequest], to tokens: [SubjectToken], in base: Base
    ) throws(ServiceError) {
        try journal(records(of: requests, to: tokens, in: base))
    }

    /// Records an administrative act in the journal.
    public func journal(
        _ act: String, _ outcome: AuditOutcome = .done, purpose: Purpose? = nil, requester: String? = nil,
        count: Int = 1
    ) throws(ServiceError) {
        let record = AuditRecord(
            recordID: recordID(), at: stamps.now(), process: process, actor: actor, base: nil, method: act,
            purpose: purpose, requester: requester, outcome: outcome, count: count)
        try journal([record])
    }

    /// Records in the journal that the key ring of a base was refused: it lacks a key, or is another base's.
    public func journalRefusedRing(of base: Base) throws(ServiceError) {
        let record = AuditRecord(
            recordID: recordID(), at: stamps.now(), process: process, actor: actor, base: base, method: "ring.refused",
            outcome: .failed, count: 1)
        try journal([record])
    }

    /// Records in the journal an access that was refused. `tokens` are the subjects', in `base`; without any, the access
    /// is to no base. Nothing is given out, so that a journal that fails changes nothing.
    func noteDenied(_ access: Access, to tokens: [SubjectToken], in base: Base) {
        guard tokens.isEmpty else {
            try? journal([access], to: tokens, in: base, .denied)
            return
        }
        let record = AuditRecord(
            recordID: recordID(), at: stamps.now(), process: process, actor: actor(of: access), base: nil,
            method: access.method, purpose: access.purpose, requester: access.requester, groups: access.groups,
            outcome: .denied, count: 1)
        try? journal([record])
    }

    /// Records in the journal what could not be opened, where it could not. Nothing is given out, so that a journal
    /// that fails changes nothing.
    public func noteUnreadable<Success>(
        _ results: [Result<Success, ServiceError>], of requests: [some AccessRequest], _ tokens: [SubjectToken],
        in base: Base
    ) {
        let failed = results.indices.filter { index in
            if case .failure(.unreadable) = results[index] { true } else { false }
        }
        guard !failed.isEmpty else { return }
        try? journal(
            failed.lazy.map { requests[$0].access }, to: failed.lazy.map { tokens[$0] }, in: base, .unreadable)
    }

    /// Records accesses to base B, and serves them while the journal's disk is waited for.
    func recording<Answer: Sendable>(
        _ accesses: some Sequence<Access>, to tokens: some Sequence<SubjectToken>,
        _ serve: () async throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try journal(accesses, to: tokens, in: .b)
        async let synced = syncResult()
        let answer: Result<Answer, ServiceError>
        do throws(ServiceError) { answer = .success(try await serve()) } catch { answer = .failure(error) }
        try await synced.get()
        return try answer.get()
    }

    private func syncResult() async -> Result<Void, ServiceError> {
        do throws(ServiceError) {
            try await sync()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Returns once all that was recorded in the journal before outlives the end of the machine.
    public func sync() async throws(ServiceError) {
        do throws(StoreError) { try await journal.sync() } catch { throw .store(error) }
    }

    private func journal(_ records: [AuditRecord]) throws(ServiceError) { try journal(lines: records.map(\.line)) }

    func journal(lines: [[UInt8]]) throws(ServiceError) {
        do throws(StoreError) { try journal.append(lines) } catch { throw .store(error) }
    }

    func recordID() -> RecordID { stamps.randomID() }
}

/// Subjects by the access to them, in the order in which each access first came.
private struct SubjectsByAccess {
    private(set) var list: [(access: Access, subjects: [SubjectToken])] = []
    private var indices: [Access: Int] = [:]

    mutating func add(_ subjects: ArraySlice<SubjectToken>, by access: Access?) {
        guard let access else { return }
        if let index = indices[access] {
            list[index].subjects += subjects
        } else {
            indices[access] = list.count
            list.append((access, Array(subjects)))
        }
    }
}
