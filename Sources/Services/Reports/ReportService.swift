import Bureau
import Repositories

/// A credit report as it is given out.
package struct CreditReport: Sendable {
    package var reportID: RecordID
    package var generatedAt: Instant
    package var person: PersonView
    /// Nil when base B has no profile.
    package var profile: ProfileView?
    /// Nil without a profile, and where there is a cause not to compute one.
    package var score: ComputedScore?
    /// Why there is no score although there is a profile.
    package var unscorable: UnscorableCause?
    /// What the bases disagree about.
    package var inconsistencies: [Inconsistency]
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
    /// given out, unless the person asks about themselves: that is no query of a lender (Lei 12.414/2011, art. 7-A III).
    /// A report holds the events from before its own query. When base C fails, the audit records and the score stay.
    package func make(_ reads: [SubjectRead]) async -> [Result<Disclosed<CreditReport>, ServiceError>] {
        await persons.control.disclosed(reads) { await makeGranted($0) }
    }

    private func makeGranted(_ requests: [SubjectRead]) async -> [Result<CreditReport, ServiceError>] {
        let persons = await persons.views(requests)
        let granted = requests.indices.filter { (try? persons[$0].get()) != nil }
        let reads = granted.map { requests[$0] }
        async let latest = events.newest(reads)
        let found = await profiles.views(of: reads.map { SubjectRequest($0) })
        let subjects = zip(granted, found).map { index, found in
            found.flatMap { view in
                persons[index].map { scoredProfile(view, of: $0) }
            }
        }
        let scored = await scores.compute(subjects)
        let newest = await latest
        let queries = granted.map { query(for: requests[$0]) }
        let lenders = granted.indices.filter { requests[granted[$0]].access.purpose != .dataSubjectRequest }
        let recorded = zip(lenders, await events.recordPermitted(lenders.map { queries[$0].event }))
        var failures: [Int: ServiceError] = [:]
        for (position, outcome) in recorded {
            if case .failure(let error) = outcome { failures[position] = error }
        }
        var reports = persons.map { $0.flatMap { _ in Result<CreditReport, ServiceError>.failure(.notFound) } }
        for (position, index) in granted.enumerated() {
            reports[index] = Result {
                () throws(ServiceError) in
                if let failure = failures[position] { throw failure }
                let (score, cause) = try scored[position].unlessUnscorable()
                let report = CreditReport(
                    reportID: queries[position].reportID, generatedAt: queries[position].event.event.occurredAt,
                    person: try persons[index].get(), profile: try found[position].unlessNotFound(), score: score,
                    unscorable: cause, inconsistencies: (try? subjects[position].get())?.person.inconsistencies ?? [],
                    events: try newest[position].get())
                return report.givenOut(for: requests[index].access.purpose)
            }
        }
        return reports
    }

    private func scoredProfile(_ profile: ProfileView, of person: PersonView) -> ScoredProfile {
        ScoredProfile(
            profile: profile.profile,
            standing: PersonStanding(person.person, hasCancelledCadastro: person.hasCancelledCadastro))
    }

    /// The event that records a report; its identifier is the report's.
    private func query(for request: SubjectRead) -> (reportID: RecordID, event: SubjectEvent) {
        let at = persons.stamps.now()
        let reportID = persons.stamps.recordID(at: at)
        let event = Event(
            eventID: EventID(reportID), occurredAt: at,
            details: .bureauQuery(
                bureau: "creditd", requester: request.access.requester ?? "creditd", purpose: request.access.purpose))
        return (reportID, SubjectEvent(cpf: request.cpf, access: request.access, event: event))
    }
}

extension CreditReport {
    /// The report for a purpose: without positive data where the person has closed their register and somebody else
    /// asks. Who asked about the person is no positive data.
    fileprivate func givenOut(for purpose: Purpose?) -> CreditReport {
        let hasAll = purpose.map { $0 == .dataSubjectRequest || $0.passesCadastro } ?? false
        guard person.hasCancelledCadastro, !hasAll else { return self }
        var report = self
        report.profile = nil
        report.inconsistencies = []
        report.unscorable = .cadastroCancelled
        report.events = events.withBodies { query, _, _ in LatestEvents(copying: query, nil, nil) }
        return report
    }
}

extension Result where Failure == ServiceError {
    /// The success, or nil for `notFound`; throws any other failure.
    func unlessNotFound() throws(ServiceError) -> Success? {
        switch self {
        case .success(let success): return success
        case .failure(.notFound): return nil
        case .failure(let error): throw error
        }
    }
}

extension Result where Success == ComputedScore, Failure == ServiceError {
    /// The score, or why there is none; throws any failure but `notFound` and `unscorable`.
    fileprivate func unlessUnscorable() throws(ServiceError) -> (Success?, UnscorableCause?) {
        if case .failure(.unscorable(let cause)) = self { return (nil, cause) }
        return (try unlessNotFound(), nil)
    }
}
