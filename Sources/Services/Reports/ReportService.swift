import Bureau
import Repositories

/// A credit report as it is given out.
package struct CreditReport: Sendable {
    package var reportID: RecordID
    package var generatedAt: Instant
    package var person: PersonView
    /// Nil when base B has no profile.
    package var profile: ProfileView?
    /// Nil without a profile.
    package var score: ScoreRecord?
    package var events: LatestEvents
}

/// Makes credit reports: what all three bases know of a person, and the record of the query.
package struct ReportService: Sendable {
    private let persons: PersonService
    private let profiles: ProfileService
    private let scores: ScoreService
    private let events: EventService

    package init(persons: PersonService, profiles: ProfileService, scores: ScoreService, events: EventService) {
        self.persons = persons
        self.profiles = profiles
        self.scores = scores
        self.events = events
    }

    /// Makes reports. `notFound` without a person, `forbidden`.
    ///
    /// The audit log has the request before anything is read; base C has it as a bureau query before the report is
    /// given out. A report holds the events from before its own query.
    package func make(_ requests: [PersonRequest]) async -> [Result<CreditReport, ServiceError>] {
        let persons = await persons.read(requests)
        let granted = requests.indices.filter { (try? persons[$0].get()) != nil }
        let cpfs = granted.map { requests[$0].cpf }
        async let latest = events.latest(cpfs)
        let found = await profiles.read(cpfs)
        let scored = await scores.compute(cpfs, on: found)
        let newest = await latest
        let queries = granted.map { query(for: requests[$0]) }
        let recorded = await events.record(queries.map(\.event))
        var reports = persons.map { $0.flatMap { _ in Result<CreditReport, ServiceError>.failure(.notFound) } }
        for (position, index) in granted.enumerated() {
            reports[index] = Result {
                () throws(ServiceError) in
                _ = try recorded[position].get()
                return CreditReport(
                    reportID: queries[position].reportID, generatedAt: queries[position].event.event.occurredAt,
                    person: try persons[index].get(), profile: try found[position].unlessNotFound(),
                    score: try scored[position].unlessNotFound(), events: try newest[position].get())
            }
        }
        return reports
    }

    /// The event that records a report; its identifier is the report's.
    private func query(for request: PersonRequest) -> (reportID: RecordID, event: SubjectEvent) {
        let at = persons.stamps.now()
        let reportID = persons.stamps.recordID(at: at)
        let event = Event(
            eventID: EventID(reportID), occurredAt: at,
            details: .bureauQuery(bureau: "creditd", requester: request.requester ?? "creditd"))
        return (reportID, SubjectEvent(cpf: request.cpf, event: event))
    }
}

extension Result where Failure == ServiceError {
    /// The success, or nil for `notFound`; throws any other failure.
    fileprivate func unlessNotFound() throws(ServiceError) -> Success? {
        switch self {
        case .success(let success): return success
        case .failure(.notFound): return nil
        case .failure(let error): throw error
        }
    }
}
