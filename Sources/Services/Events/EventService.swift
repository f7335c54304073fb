import Bureau
import Repositories
import Vault

/// An event of a subject, to be recorded.
public struct SubjectEvent: RepeatableWrite {
    public var cpf: CPF
    public var access: Access
    public var event: Event
    /// Whether the event's identifier was made for it, because its reporter gave none.
    public var hasMadeID: Bool
    public var repetition: Repetition?
    public var mark: RepeatMark?

    public init(
        cpf: CPF, access: Access, event: Event, hasMadeID: Bool = false, repetition: Repetition? = nil
    ) {
        self.cpf = cpf
        self.access = access
        self.event = event
        self.hasMadeID = hasMadeID
        self.repetition = repetition
    }

    /// The event's identifier: of one that came without, made from its idempotency key, so that a repeat has it too.
    fileprivate var eventID: EventID {
        if hasMadeID, let mark { EventID(mark.key.key) } else { event.eventID }
    }
}

/// The removal of an event of a subject.
public struct SubjectEventRemoval: RepeatableWrite {
    public var cpf: CPF
    public var access: Access
    public var eventID: EventID
    public var repetition: Repetition?
    public var mark: RepeatMark?

    public init(cpf: CPF, access: Access, eventID: EventID, repetition: Repetition? = nil) {
        self.cpf = cpf
        self.access = access
        self.eventID = eventID
        self.repetition = repetition
    }
}

/// What became of an event that was to be recorded.
public struct RecordedEvent: Hashable, Sendable {
    public var eventID: EventID
    /// `recorded`, `duplicate` or `older`.
    public var outcome: RecordOutcome
}

/// The page of a subject's events that a caller asks for.
public struct EventHistoryRequest: AccessRequest {
    public var page: PageRequest<EventPosition>
    /// Only events of this kind; all kinds when nil.
    public var kind: EventKind?

    public var cpf: CPF { page.cpf }
    public var access: Access {
        get { page.access }
        set { page.access = newValue }
    }

    public init(page: PageRequest<EventPosition>, kind: EventKind?) {
        self.page = page
        self.kind = kind
    }

    /// The kinds to read one by one; nil alone for all kinds at once.
    fileprivate func kinds(of disclosures: Disclosures) -> [EventKind?] {
        if let kind { return [kind] }
        let shown = EventKind.allCases.filter { disclosures.shown.contains(FieldGroups($0)) }
        return shown.count == EventKind.allCases.count ? [nil] : shown
    }
}

/// Events in base C, which knows its subjects by token alone.
public struct EventService: Sendable {
    let vault: BaseVault
    let repository: any EventRepository
    private let control: AccessControl
    let trail: AuditTrail
    let stamps: Stamps
    /// Writes an event, and when it was recorded, as it will be answered, because this module does not know the form on
    /// the wire.
    private let eventBody: @Sendable (Event, Instant?) -> [UInt8]
    /// Reads what `eventBody` has written; nil for anything else.
    let readBody: @Sendable (UnsafeBufferPointer<UInt8>) -> RecordedDetails?

    public init(
        vault: BaseVault, repository: any EventRepository, control: AccessControl, trail: AuditTrail,
        stamps: Stamps, eventBody: @escaping @Sendable (Event, Instant?) -> [UInt8],
        readBody: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> RecordedDetails?
    ) {
        self.vault = vault
        self.repository = repository
        self.control = control
        self.trail = trail
        self.stamps = stamps
        self.eventBody = eventBody
        self.readBody = readBody
    }

    /// Records events; several events of one subject take effect in their order. `eventConflict`, `forbidden`.
    public func record(_ events: [SubjectEvent]) async -> [Result<RecordedEvent, ServiceError>] {
        await control.permitted(events) { await recordPermitted($0) }
    }

    /// Records events, also those that the bureau records of its own reports.
    func recordPermitted(_ events: [SubjectEvent]) async -> [Result<RecordedEvent, ServiceError>] {
        await vault.once(events, lookUp: repository.receipts, answer: RecordedEvent.init) { events in
            await batch(of: events.count) { () async throws(ServiceError) in
                let now = stamps.now()
                let records = zip(vault.tokens(of: events.lazy.map(\.cpf)), events).map { token, item in
                    record(of: item, under: token, at: now)
                }
                try trail.journal(events, to: records.map(\.token), in: .c)
                return zip(records, try await ask(repository.record, records)).map { record, outcome in
                    outcome.flatMap { $0.result(of: record.eventID) }
                }
            }
        }
    }

    /// Removes events. `notFound`, `forbidden`.
    public func remove(_ removals: [SubjectEventRemoval]) async -> [Result<EventID, ServiceError>] {
        await control.permitted(removals) { await removePermitted($0) }
    }

    private func removePermitted(_ removals: [SubjectEventRemoval]) async -> [Result<EventID, ServiceError>] {
        await vault.once(removals, lookUp: repository.receipts, answer: { EventID(bytes: $0.body[...]) }) { removals in
            await batch(of: removals.count) { () async throws(ServiceError) in
                let now = stamps.now()
                let items = zip(vault.tokens(of: removals.lazy.map(\.cpf)), removals).map { token, item in
                    EventRemoval(
                        token: token, eventID: item.eventID,
                        receipt: item.mark?.receipt(at: now, body: Array(item.eventID.text.utf8)))
                }
                try trail.journal(removals, to: items.map(\.token), in: .c)
                return zip(items, try await ask(repository.remove, items)).map { item, outcome in
                    outcome.flatMap { $0.result(of: item.eventID) }
                }
            }
        }
    }

    /// Reads the newest event of each kind; all are absent for a subject without events.
    /// `forbidden`.
    public func latest(_ reads: [SubjectRead]) async -> [Result<Disclosed<LatestEvents>, ServiceError>] {
        await control.disclosed(reads) { reads, _ in await newest(reads) }
    }

    /// Reads the newest events for accesses that were granted.
    func newest(_ reads: [SubjectRead]) async -> [Result<LatestEvents, ServiceError>] {
        await batch(of: reads.count) { () async throws(ServiceError) in
            let tokens = vault.tokens(of: reads.lazy.map(\.cpf))
            try trail.journal(reads, to: tokens, in: .c)
            return try await ask(repository.latest, tokens)
        }
    }

    /// Reads pages of subjects' events. `forbidden`.
    public func history(
        _ requests: [EventHistoryRequest]
    ) async -> [Result<Disclosed<Page<EventRecord>>, ServiceError>] {
        await control.disclosed(requests) { requests, disclosures in
            await pages(requests, of: zip(requests, disclosures).map { $0.kinds(of: $1) })
        }
    }

    /// Reads pages of the kinds that each request may see; several kinds that are not all are asked for one by one and
    /// merged, so that a page tells nothing of events that are denied.
    private func pages(
        _ requests: [EventHistoryRequest], of kinds: [[EventKind?]]
    ) async -> [Result<Page<EventRecord>, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = vault.tokens(of: requests.lazy.map(\.page.cpf))
            let queries = zip(tokens, zip(requests, kinds)).flatMap { token, request in
                request.1.map { kind in
                    HistoryQuery(
                        token: token, kind: kind, before: request.0.page.before, limit: request.0.page.limitWithNext)
                }
            }
            try trail.journal(requests, to: tokens, in: .c)
            var found = try await ask(repository.history, queries)[...]
            return zip(requests, kinds).map { request, kinds in
                let parts = found.prefix(kinds.count)
                found = found.dropFirst(kinds.count)
                if kinds.count == 1, let part = parts.first { return part.map { Page($0, limit: request.page.limit) } }
                return Result { () throws(ServiceError) in
                    var events: [EventRecord] = []
                    for part in parts { events += try part.get() }
                    return Page(events.sorted { $1.position < $0.position }, limit: request.page.limit)
                }
            }
        }
    }

    private func record(of item: SubjectEvent, under token: SubjectToken, at now: Instant) -> EventRecord {
        let event = Event(eventID: item.eventID, occurredAt: item.event.occurredAt, details: item.event.details)
        var record = EventRecord(
            token: token, kind: event.kind, occurredAt: event.occurredAt, eventID: event.eventID,
            body: eventBody(event, now), recordedAt: now, details: event.details)
        record.receipt = item.mark?.receipt(at: now, body: Array(event.eventID.text.utf8))
        return record
    }
}

extension EventRecord {
    fileprivate var position: (Instant, EventID) { (occurredAt, eventID) }
}

extension RecordOutcome {
    fileprivate func result(of eventID: EventID) -> Result<RecordedEvent, ServiceError> {
        switch self {
        case .recorded, .duplicate, .older: .success(RecordedEvent(eventID: eventID, outcome: self))
        case .conflict: .failure(.eventConflict)
        case .erased: .failure(.forbidden(.erased))
        // The receipt is looked up once more.
        case .repeated: .failure(.contended)
        case .failed(let error): .failure(.store(error))
        }
    }
}

extension RemovalOutcome {
    fileprivate func result(of eventID: EventID) -> Result<EventID, ServiceError> {
        switch self {
        case .removed: .success(eventID)
        case .notFound: .failure(.notFound)
        // The receipt is looked up once more.
        case .repeated: .failure(.contended)
        case .failed(let error): .failure(.store(error))
        }
    }
}

extension RecordedEvent {
    /// Reads the answer from a receipt: the event's identifier and the byte of the outcome.
    fileprivate init?(_ receipt: Receipt) {
        guard let last = receipt.body.last, let outcome = RecordOutcome(receiptByte: last),
            let eventID = EventID(bytes: receipt.body.dropLast())
        else { return nil }
        self.init(eventID: eventID, outcome: outcome)
    }
}

extension EventID {
    fileprivate init?(bytes: ArraySlice<UInt8>) {
        guard let eventID = bytes.withUnsafeBufferPointer({ EventID($0) }) else { return nil }
        self = eventID
    }
}
