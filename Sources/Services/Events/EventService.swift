import Bureau
import Repositories
import Vault

/// An event of a subject, to be recorded.
package struct SubjectEvent: Sendable {
    package var cpf: CPF
    package var event: Event

    package init(cpf: CPF, event: Event) {
        self.cpf = cpf
        self.event = event
    }
}

/// The page of a subject's events that a caller asks for.
package struct EventHistoryRequest: Sendable {
    package var page: PageRequest<EventPosition>
    /// Only events of this kind; all kinds when nil.
    package var kind: EventKind?

    package init(page: PageRequest<EventPosition>, kind: EventKind?) {
        self.page = page
        self.kind = kind
    }
}

/// Events in base C, which knows its subjects by token alone.
package struct EventService: Sendable {
    private let vault: BaseVault
    private let repository: any EventRepository
    /// Writes an event as it will be answered, because this module does not know the form on the wire.
    private let eventBody: @Sendable (Event) -> [UInt8]

    package init(
        vault: BaseVault, repository: any EventRepository, eventBody: @escaping @Sendable (Event) -> [UInt8]
    ) {
        self.vault = vault
        self.repository = repository
        self.eventBody = eventBody
    }

    /// Records events; several events of one subject take effect in their order.
    package func record(_ events: [SubjectEvent]) async -> [Result<RecordOutcome, ServiceError>] {
        await batch(of: events.count) { () async throws(ServiceError) in
            let records = zip(vault.tokens(of: events.lazy.map(\.cpf)), events).map { token, item in
                EventRecord(
                    token: token, kind: item.event.kind, occurredAt: item.event.occurredAt,
                    eventID: item.event.eventID, body: eventBody(item.event))
            }
            return try await ask(repository.record, records).map { outcome in
                if case .success(.failed(let error)) = outcome { .failure(.store(error)) } else { outcome }
            }
        }
    }

    /// Reads the newest event of each kind; all are absent for a subject without events.
    package func latest(_ cpfs: [CPF]) async -> [Result<LatestEvents, ServiceError>] {
        await batch(of: cpfs.count) { () async throws(ServiceError) in
            try await ask(repository.latest, vault.tokens(of: cpfs))
        }
    }

    /// Reads pages of subjects' events.
    package func history(_ requests: [EventHistoryRequest]) async -> [Result<Page<EventRecord>, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let queries = zip(vault.tokens(of: requests.lazy.map(\.page.cpf)), requests).map { token, request in
                HistoryQuery(
                    token: token, kind: request.kind, before: request.page.before, limit: request.page.limitWithNext)
            }
            return zip(requests, try await ask(repository.history, queries)).map { request, events in
                events.map { Page($0, limit: request.page.limit) }
            }
        }
    }
}
