import Bureau
import Repositories
import Vault

/// Events in base C, which knows its subjects by token alone.
package struct EventService: Sendable {
    private let vault: BaseVault
    private let repository: any EventRepository

    package init(vault: BaseVault, repository: any EventRepository) {
        self.vault = vault
        self.repository = repository
    }

    /// Records events; several about one subject take effect in their order.
    package func record(_ events: [EventDraft]) async -> [Result<RecordOutcome, ServiceError>] {
        await batch(of: events.count) { () async throws(ServiceError) in
            let records = zip(try tokens(of: events.map(\.cpf)), events).map { token, event in
                EventRecord(
                    token: token, kind: event.kind, occurredAt: event.occurredAt, eventID: event.eventID,
                    body: event.body)
            }
            return try await asking { () async throws(StoreError) in try await repository.record(records) }
                .map { .success($0) }
        }
    }

    /// The newest event of each kind; all absent for a subject without events.
    package func latest(_ cpfs: [CPF]) async -> [Result<LatestEvents, ServiceError>] {
        await batch(of: cpfs.count) { () async throws(ServiceError) in
            let tokens = try tokens(of: cpfs)
            return try await asking { () async throws(StoreError) in try await repository.latest(tokens) }
                .map { .success($0) }
        }
    }

    /// Pages of subjects' histories, the newest first.
    package func history(_ requests: [EventHistoryRequest]) async -> [Result<[EventRecord], ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let queries = zip(try tokens(of: requests.map(\.cpf)), requests).map { token, request in
                HistoryQuery(token: token, kind: request.kind, before: request.before, limit: request.limit)
            }
            return try await asking { () async throws(StoreError) in try await repository.history(queries) }
                .map { .success($0) }
        }
    }

    private func tokens(of cpfs: [CPF]) throws(ServiceError) -> [SubjectToken] {
        try vault.sealing { (session) throws(VaultError) in cpfs.map { session.token(of: $0) } }
    }
}

/// An event to be recorded, with the JSON in which it will be answered.
package struct EventDraft: Sendable {
    package var cpf: CPF
    package var kind: EventKind
    package var occurredAt: Instant
    package var eventID: EventID
    package var body: [UInt8]

    package init(cpf: CPF, kind: EventKind, occurredAt: Instant, eventID: EventID, body: [UInt8]) {
        self.cpf = cpf
        self.kind = kind
        self.occurredAt = occurredAt
        self.eventID = eventID
        self.body = body
    }
}

/// A page of a subject's history: events older than `before`, or from the newest on.
package struct EventHistoryRequest: Sendable {
    package var cpf: CPF
    package var kind: EventKind?
    package var before: EventPosition?
    package var limit: Int

    package init(cpf: CPF, kind: EventKind?, before: EventPosition?, limit: Int) {
        self.cpf = cpf
        self.kind = kind
        self.before = before
        self.limit = limit
    }
}
