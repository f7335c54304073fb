import Bureau
import Repositories

/// The credit report: what all three bases know of a person, and the record that somebody asked.
package struct ReportService: Sendable {
    private let persons: PersonService
    private let profiles: ProfileService
    private let scores: ScoreService
    private let events: EventService
    /// Writes an event as it will be answered; the wire's form is not this layer's to know.
    private let eventBody: @Sendable (Event) -> [UInt8]

    package init(
        persons: PersonService, profiles: ProfileService, scores: ScoreService, events: EventService,
        eventBody: @escaping @Sendable (Event) -> [UInt8]
    ) {
        self.persons = persons
        self.profiles = profiles
        self.scores = scores
        self.events = events
        self.eventBody = eventBody
    }

    /// Whether the request's purpose allows what it asks for; no store is asked. `forbidden`.
    package func authorise(_ request: PersonRequest) -> Result<Void, ServiceError> {
        persons.authorise(request)
    }

    /// Makes reports. `notFound` without a person, `forbidden`.
    ///
    /// The audit log has the request before anything is read; base C has it as a bureau query before the report is
    /// given out. The events in a report are those from before its own query.
    package func make(_ requests: [PersonRequest]) async -> [Result<CreditReport, ServiceError>] {
        let persons = await persons.read(requests)
        let granted = requests.indices.filter { (try? persons[$0].get()) != nil }
        let cpfs = granted.map { requests[$0].cpf }
        async let latest = events.latest(cpfs)
        let found = await profiles.read(cpfs)
        let scored = await scores.compute(cpfs, on: found)
        let newest = await latest
        let queries = granted.map { query(for: requests[$0]) }
        let recorded = await events.record(queries.map(\.draft))
        var reports = persons.map { $0.flatMap { _ in Result<CreditReport, ServiceError>.failure(.notFound) } }
        for (position, index) in granted.enumerated() {
            reports[index] = Result {
                () throws(ServiceError) in
                _ = try recorded[position].get()
                return CreditReport(
                    reportID: queries[position].reportID, generatedAt: queries[position].draft.occurredAt,
                    person: try persons[index].get(), profile: try found[position].unlessNotFound(),
                    score: try scored[position].unlessNotFound(), events: try newest[position].get())
            }
        }
        return reports
    }

    private func query(for request: PersonRequest) -> (reportID: RecordID, draft: EventDraft) {
        let at = persons.stamps.now()
        let reportID = persons.stamps.recordID(at: at)
        let event = Event(
            eventID: EventID(reportID), occurredAt: at,
            details: .bureauQuery(bureau: "creditd", requester: request.requester ?? "creditd"))
        let draft = EventDraft(
            cpf: request.cpf, kind: .bureauQuery, occurredAt: at, eventID: event.eventID, body: eventBody(event))
        return (reportID, draft)
    }
}

/// A credit report as it is given out.
package struct CreditReport: Sendable {
    package var reportID: RecordID
    package var generatedAt: Instant
    package var person: PersonView
    /// Nil when base B has none.
    package var profile: ProfileView?
    /// Nil without a profile.
    package var score: ScoreView?
    package var events: LatestEvents
}

extension Result where Failure == ServiceError {
    /// The success, nil for `notFound`, and any other failure thrown.
    fileprivate func unlessNotFound() throws(ServiceError) -> Success? {
        switch self {
        case .success(let success): return success
        case .failure(.notFound): return nil
        case .failure(let error): throw error
        }
    }
}
