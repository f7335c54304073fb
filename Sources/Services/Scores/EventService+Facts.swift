import Bureau
import Repositories
import Vault

extension EventService {
    /// The subjects whose events are in memory at a time: more of them while nobody of the call before had a long
    /// history, because each call has its price.
    private static let subjectsInCall = (long: 64, short: 256)
    /// The most events of a subject in a history that is not long.
    private static let shortHistory = 64

    /// Reads what characteristics need of subjects' events since an instant.
    func facts(of requests: [SubjectRequest], _ kinds: FactKinds, since: Instant) async -> [Result<
        EventFacts?, ServiceError
    >] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
            let new = zip(requests, tokens).filter { !$0.0.isAudited }
            try trail.journal(new.lazy.map(\.0.access), to: new.lazy.map(\.1), in: .c)
            let now = stamps.now()
            let eventKinds = EventKind.allCases.filter { kinds.contains(FactKinds($0)) }
            let queries = tokens.map {
                RecentEventsQuery(token: $0, kinds: eventKinds, since: since, now: now)
            }
            var facts: [Result<EventFacts?, ServiceError>] = []
            facts.reserveCapacity(queries.count)
            var size = Self.subjectsInCall.long
            while facts.count < queries.count {
                let part = Array(queries[facts.count...].prefix(size))
                var longest = 0
                facts += try await ask(repository.recent, part).map { found in
                    found.flatMap { recent in
                        longest = max(longest, recent.events.count)
                        return self.facts(recent)
                    }
                }
                size = longest > Self.shortHistory ? Self.subjectsInCall.long : Self.subjectsInCall.short
            }
            return facts
        }
    }

    private func facts(_ recent: RecentEvents) -> Result<EventFacts?, ServiceError> {
        var facts = EventFacts()
        facts.queries.completeAfter = recent.completeAfter[.bureauQuery]
        facts.movements.completeAfter = recent.completeAfter[.movement]
        facts.purchases.completeAfter = recent.completeAfter[.cardPurchase]
        var requesters = NumberedTexts()
        for event in recent.events {
            guard let told = told(event.content, recent.bodies) else { return .failure(.store(.corrupt(.c))) }
            switch told.details {
            case .bureauQuery(_, let requester, let purpose):
                let requester = requesters.number(of: requester.foldedForComparing)
                facts.queries.events.append(
                    DatedFact(event, told.recordedAt, QueryFacts(requester: requester, purpose: purpose)))
            case .movement(let direction, let amount, let channel):
                facts.movements.events.append(
                    DatedFact(
                        event, told.recordedAt,
                        MovementFacts(direction: direction, amount: amount, isCash: channel == .cash)))
            case .cardPurchase(let amount, _, let installments, let approved, _):
                facts.purchases.events.append(
                    DatedFact(
                        event, told.recordedAt,
                        PurchaseFacts(amount: amount, isApproved: approved, isInInstallments: installments >= 2)))
            }
        }
        return .success(facts)
    }

    private func told(_ content: RecentEvent.Content, _ bodies: [UInt8]) -> RecordedDetails? {
        switch content {
        case .details(let details, let recordedAt): RecordedDetails(details: details, recordedAt: recordedAt)
        case .body(let place): bodies.withUnsafeBufferPointer { readBody(UnsafeBufferPointer(rebasing: $0[place])) }
        }
    }
}

/// What the body of a stored event tells.
public struct RecordedDetails: Sendable {
    public var details: EventDetails
    /// Nil for an event that an earlier version recorded.
    public var recordedAt: Instant?

    public init(details: EventDetails, recordedAt: Instant?) {
        self.details = details
        self.recordedAt = recordedAt
    }
}

extension DatedFact {
    fileprivate init(_ event: RecentEvent, _ recordedAt: Instant?, _ content: Content) {
        self.init(occurredAt: event.occurredAt, recordedAt: recordedAt, content)
    }
}

extension FactKinds {
    fileprivate init(_ kind: EventKind) {
        switch kind {
        case .bureauQuery: self = .queries
        case .movement: self = .movements
        case .cardPurchase: self = .purchases
        }
    }
}
