import Bureau
import Repositories
import Vault

/// A request to forget a person.
public struct ErasureRequest: AccessRequest {
    public var cpf: CPF
    public var reason: ErasureReason
    public var access: Access

    public init(cpf: CPF, reason: ErasureReason, access: Access) {
        self.cpf = cpf
        self.reason = reason
        self.access = access
    }
}

/// Forgets persons in all three bases, for ever.
///
/// An erasure is a task of base A's outbox until it is done, so that it ends in one truth wherever its daemon is
/// killed: tombstones in all bases first, beside which nothing is written any more, then the deletion of everything
/// else, then the certificate in base A's tombstone and the audit log. Each step may be done twice.
public struct ErasureService: Sendable {
    let persons: PersonService
    let profiles: any ProfileRepository
    let events: any EventRepository
    let vaultB: BaseVault
    let vaultC: BaseVault
    /// Tells what bases have otherwise than they were written; nil where there is no audit log.
    let writes: WriteCheck?

    /// How long a daemon works on a task before others may take it up.
    private static let lockMicroseconds: Int64 = 30_000_000
    /// The most tasks that are worked on at once.
    private static let tasksAtOnce = 64

    public init(
        persons: PersonService, profiles: any ProfileRepository, events: any EventRepository, vaultB: BaseVault,
        vaultC: BaseVault, writes: WriteCheck? = nil
    ) {
        self.writes = writes
        self.persons = persons
        self.profiles = profiles
        self.events = events
        self.vaultB = vaultB
        self.vaultC = vaultC
    }

    var vaultA: BaseVault { persons.vault }
    var notes: ErasureNotes { ErasureNotes(vaultA: vaultA, vaultB: vaultB, vaultC: vaultC) }

    func store(of base: Base) -> any ErasableStore {
        switch base {
        case .a: persons.repository
        case .b: profiles
        case .c: events
        }
    }

    /// Erases persons, whether any base holds them or not. A person who was erased before has the same certificate.
    ///
    /// While a base is down its name is among the pending ones, and `workOff` ends the erasure later. `forbidden`.
    public func erase(_ requests: [ErasureRequest]) async -> [Result<Erasure, ServiceError>] {
        await persons.control.permitted(requests) { requests in
            await batch(of: requests.count) { () async throws(ServiceError) in try await erasePermitted(requests) }
        }
    }

    private func erasePermitted(
        _ requests: [ErasureRequest]
    ) async throws(ServiceError) -> [Result<Erasure, ServiceError>] {
        let tokens = tokens(of: requests.map(\.cpf))
        defer { for request in requests { vaultC.tokenMemory?.forget(request.cpf) } }
        let found = try await ask(persons.repository.tombstones(of:), tokens.map(\.a))
        let done = found.map { found in
            (try? found.get()).flatMap { $0 }.flatMap { notes.note(in: $0, of: .a) }
                .flatMap { $0.completion == nil ? nil : $0 }
        }
        // A certificate that is given out again is an access, too; what is enqueued has its entry there.
        let given = requests.indices.filter { done[$0] != nil }
        if !given.isEmpty {
            let audit = persons.trail.granted(given.map { requests[$0].access }, to: given.map { tokens[$0].a })
            do throws(StoreError) {
                _ = try await persons.repository.read(given.map { tokens[$0].a }, audit: audit)
            } catch {
                throw .store(error)
            }
        }
        let open = requests.indices.filter { done[$0] == nil }
        let tasks = try await enqueue(open.map { (requests[$0], tokens[$0]) })
        // Whom a base that is away does not forget yet is not read there once it is back.
        persons.control.blocks?.note(tasks.map(\.note.tokens.a), areErasing: true)
        var erasures = await work(tasks).makeIterator()
        return done.map { note in
            if let note { return .success(note.erasure()) }
            return erasures.next().map { .success($0) } ?? .failure(.contended)
        }
    }

    private func enqueue(
        _ requests: [(ErasureRequest, SubjectTokens)]
    ) async throws(ServiceError) -> [ErasureTask] {
        let at = persons.stamps.now()
        let entries = try sealing { () throws(VaultError) in
            var entries: [NewOutboxEntry] = []
            for (request, tokens) in requests {
                let note = ErasureNote(
                    erasureID: persons.stamps.recordID(at: at), requestedAt: at, reason: request.reason, tokens: tokens)
                let tombstone = try notes.tombstone(of: note, in: .a)
                var entry = NewOutboxEntry(
                    entry: try notes.entry(of: note), at: at, lockedUntil: at.later(by: Self.lockMicroseconds),
                    audit: [persons.trail.line(of: request.access, to: tokens.a)]
                        + persons.trail.lines(of: [tombstone]))
                entry.tombstone = tombstone
                entries.append(entry)
            }
            return entries
        }
        var standing: [OutboxEntry] = []
        // A task that is there stays, with its identifier and its time.
        for entry in try await ask(persons.repository.enqueue, entries) { standing.append(try entry.get()) }
        return try zip(standing, requests).map { (entry, request) throws(ServiceError) in
            guard let note = notes.note(in: entry) else { throw .unreadable(.a) }
            return ErasureTask(entryID: entry.entryID, note: note, access: request.0.access)
        }
    }

    /// Works on tasks that their daemons have left, and returns how many are done now. Throws nothing: what fails is
    /// tried again by a later call.
    public func workOff() async -> Int {
        let now = persons.stamps.now()
        return await workOff(at: now)
    }

    /// Takes tasks up that are locked until `now` at most.
    func workOff(at now: Instant) async -> Int {
        let deadline = max(now, persons.stamps.now()).later(by: Self.lockMicroseconds)
        let claimed = try? await persons.repository.claim(Self.tasksAtOnce, at: now, until: deadline)
        guard let claimed, !claimed.isEmpty else { return 0 }
        let tasks = claimed.compactMap { entry in
            notes.note(in: entry).map {
                ErasureTask(entryID: entry.entryID, note: $0, access: Access(method: "subject.erase", groups: .all))
            }
        }
        return await work(tasks).count { $0.completion != nil }
    }

    /// The subjects' tokens in the three bases.
    func tokens(of cpfs: [CPF]) -> [SubjectTokens] {
        let (b, c) = (vaultB.tokens(of: cpfs), vaultC.tokens(of: cpfs))
        return zip(vaultA.tokens(of: cpfs), zip(b, c)).map { SubjectTokens(a: $0, b: $1.0, c: $1.1) }
    }
}

/// An erasure that is being worked on.
struct ErasureTask: Sendable {
    var entryID: RecordID
    var note: ErasureNote
    /// For the audit log.
    var access: Access
}

extension AuditTrail {
    /// The record of one access to a subject of base A.
    func line(
        of access: Access, to token: SubjectToken, _ outcome: AuditOutcome = .granted
    ) -> AuditLine {
        guard let line = keys.lines(of: records(of: [access], to: [token], in: .a, outcome)).first else {
            preconditionFailure("one access has one record")
        }
        return line
    }
}

extension Instant {
    func later(by microseconds: Int64) -> Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + microseconds) ?? self
    }
}
