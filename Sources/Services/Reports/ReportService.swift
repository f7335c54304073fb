import Bureau
import Repositories

/// A credit report as it is given out.
public struct CreditReport: Sendable {
    public var reportID: RecordID
    public var generatedAt: Instant
    public var person: PersonView
    /// Nil when base B has no profile.
    public var profile: ProfileView?
    /// Nil without a profile, and where there is a cause not to compute one.
    public var score: ComputedScore?
    /// Why there is no score although there is a profile.
    public var unscorable: UnscorableCause?
    /// What the bases disagree about.
    public var inconsistencies: [Inconsistency]
    public var events: LatestEvents
}

/// Makes credit reports: what all three bases know of a person, and the record of the query.
public struct ReportService: Sendable {
    private let persons: PersonService
    private let profiles: ProfileService
    private let scores: ScoreService
    private let events: EventService

    public init(persons: PersonService, profiles: ProfileService, scores: ScoreService, events: EventService) {
        self.persons = persons
        self.profiles = profiles
        self.scores = scores
        self.events = events
    }

    /// Makes reports. `notFound` without a person, `forbidden`.
    ///
    /// The audit log has the request before anything is read; base C has it as a bureau query before the report is
    /// given out, unless the person asks about themselves: that is no query of a lender (Lei 12.414/2011, art. 7-A
    /// III). A report holds the events from before its own query. When base C fails, the audit records and the score
    /// stay.
    public func make(_ reads: [SubjectRead]) async -> [Result<Disclosed<CreditReport>, ServiceError>] {
        await persons.control.disclosed(reads) { await makeGranted($0, $1) }
    }

    /// Makes reports of what each request is given: what is denied is neither read nor computed.
    private func makeGranted(
        _ requests: [SubjectRead], _ disclosures: [Disclosures]
    ) async -> [Result<CreditReport, ServiceError>] {
        let persons = await persons.views(requests)
        let granted = requests.indices.filter { (try? persons[$0].get()) != nil }
        func indices(showing groups: FieldGroups) -> [Int] {
            granted.filter { !disclosures[$0].shown.isDisjoint(with: groups) }
        }
        let (withEvents, withProfiles) = (indices(showing: .ofEvents), indices(showing: [.ofProfiles, .score]))
        async let latest = events.newest(withEvents.map { requests[$0] })
        let views =
            withProfiles.isEmpty ? [] : await profiles.views(of: withProfiles.map { SubjectRequest(requests[$0]) })
        let profiles = Self.byIndex(withProfiles, views)
        let withScores = indices(showing: .score)
        let subjects = withScores.map { index in
            (profiles[index] ?? .failure(.notFound)).flatMap { view in
                persons[index].map { scoredProfile(view, of: $0, for: requests[index].access) }
            }
        }
        let inconsistencies = Self.byIndex(withScores, subjects.map { $0.map(\.person.inconsistencies) })
        let scores = Self.byIndex(withScores, await scores.compute(subjects))
        let newest = Self.byIndex(withEvents, await latest)
        let queries = Dictionary(uniqueKeysWithValues: granted.map { ($0, query(for: requests[$0])) })
        let lenders = granted.filter { requests[$0].access.purpose != .dataSubjectRequest }
        let recorded = Self.byIndex(
            lenders, await events.recordPermitted(lenders.compactMap { queries[$0]?.event }))
        return requests.indices.map { index in
            Result { () throws(ServiceError) in
                let person = try persons[index].get()
                guard let query = queries[index] else { throw .notFound }
                _ = try recorded[index]?.get()
                let (score, cause) = try (scores[index] ?? .failure(.notFound)).unlessUnscorable()
                let report = CreditReport(
                    reportID: query.reportID, generatedAt: query.event.event.occurredAt, person: person,
                    profile: try (profiles[index] ?? .failure(.notFound)).unlessNotFound(), score: score,
                    unscorable: cause, inconsistencies: (try? inconsistencies[index]?.get()) ?? [],
                    events: try newest[index]?.get() ?? LatestEvents())
                return report.givenOut(for: requests[index].access.purpose)
            }
        }
    }

    private static func byIndex<Answer>(
        _ indices: [Int], _ answers: [Result<Answer, ServiceError>]
    ) -> [Int: Result<Answer, ServiceError>] {
        Dictionary(uniqueKeysWithValues: zip(indices, answers))
    }

    private func scoredProfile(
        _ profile: ProfileView, of person: PersonView, for access: Access
    ) -> ScoredProfile {
        ScoredProfile(
            view: profile, standing: PersonStanding(person.person, hasCancelledCadastro: person.hasCancelledCadastro),
            access: access)
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
