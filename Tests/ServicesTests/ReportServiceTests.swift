import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("ReportService")
struct ReportServiceTests {
    let bureau: TestBureau
    var service: ReportService { bureau.services.reports }

    init() async throws {
        bureau = try TestBureau()
        let persons = [0, 1].map { Sample.draft($0, debts: [Sample.debt]) }
        _ = await bureau.services.persons.create(persons)
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)])
    }

    private func make(_ indices: Int..., for purpose: Purpose = .creditProtection) async
        -> [Result<CreditReport, ServiceError>]
    {
        await service.make(indices.map { Sample.request($0, "report.get", for: purpose) }).map { $0.map(\.value) }
    }

    @Test("a report holds what all three bases know")
    func report() async throws {
        _ = await bureau.services.events.record([Sample.event(0, id: "m", at: "2026-01-01T00:00:00Z")])
        let report = try await make(0)[0].get()
        #expect(report.person.person == Sample.person(0) && report.person.debts.map(\.debt) == [Sample.debt])
        #expect(report.profile?.profile == Sample.profile(0))
        #expect(report.score?.score.score == 150)
        #expect(report.events == LatestEvents(movement: Sample.body("m")))
    }

    @Test("a report records its own query after it has read the events")
    func recordsItself() async throws {
        let first = try await make(0)[0].get()
        #expect(first.events.bureauQuery == nil)
        let kept = await bureau.events.records
        #expect(kept.map(\.kind) == [.bureauQuery] && kept[0].eventID == EventID(first.reportID))
        #expect(kept[0].occurredAt == first.generatedAt)
        let second = try await make(0)[0].get()
        #expect(second.events.bureauQuery.map { Array($0) } == Sample.body(first.reportID.text))
    }

    @Test("the request is in the audit log with its purpose and requester, and the score in the history")
    func audits() async throws {
        let report = try await make(0)[0].get()
        let audit = try #require(await bureau.persons.audits.last)
        #expect(audit.method == "report.get" && audit.purpose == .creditProtection && audit.requester == "Loja 0")
        #expect(try await bureau.keptScores().map(\.record.scoreID) == [try #require(report.score).scoreID])
    }

    @Test("the person's own access is no query of a lender")
    func ownAccess() async throws {
        let report = try await make(0, for: .dataSubjectRequest)[0].get()
        #expect(report.score != nil)
        #expect(await bureau.events.records.isEmpty)
        #expect(await bureau.persons.audits.last?.purpose == .dataSubjectRequest)
    }

    @Test("a report tells why there is no score, and what the bases disagree about")
    func unscorable() async throws {
        var minor = Sample.profile(1)
        minor.birthDate = Sample.parse("2015-05-05")
        _ = await bureau.services.profiles.put([SubjectWrite(minor, of: 1)])
        let reports = try await make(0, 1).map { try $0.get() }
        #expect(reports[0].unscorable == nil && reports[0].inconsistencies == [])
        #expect(reports[1].score == nil && reports[1].unscorable == .under18)
        #expect(reports[1].profile != nil && reports[1].inconsistencies == [.birthDate])
        #expect(try await bureau.keptScores().map(\.record.scoreID) == [try #require(reports[0].score).scoreID])
    }

    @Test("without a profile there is neither profile nor score, without a person no report")
    func absent() async throws {
        let results = await make(2, 1, 0)
        #expect(results.map(\.failure) == [.notFound, nil, nil])
        let bare = try results[1].get()
        #expect(bare.person.person == Sample.person(1) && bare.profile == nil && bare.score == nil)
        #expect(try results[2].get().profile != nil)
        #expect(await bureau.events.records.count == 2)
    }

    @Test("a purpose that is not allowed leaves nothing behind, in no base")
    func forbidden() async {
        let calls = await bureau.persons.use.calls
        #expect(await make(0, for: .legalObligation).map(\.failure) == [.forbidden(.policy(.all))])
        #expect(await bureau.persons.use.calls == calls)
        #expect(await bureau.events.records.isEmpty)
        #expect(await bureau.profiles.history.isEmpty)
    }

    @Test("a report that cannot be recorded is not given out")
    func recordFailure() async {
        let error = StoreError.unavailable(.c, .test, retryAfterMilliseconds: 1)
        await bureau.events.failToRecord(with: error)
        #expect(await make(0, 1, 2).map(\.failure) == [.store(error), .store(error), .notFound])
    }

    @Test("a base that fails makes the report fail, not incomplete")
    func baseFailure() async {
        await bureau.profiles.fail(with: .unavailable(.b, .test, retryAfterMilliseconds: 1))
        #expect(await make(0).map(\.failure) == [.store(.unavailable(.b, .test, retryAfterMilliseconds: 1))])
        await bureau.profiles.fail(with: nil)
        await bureau.persons.fail(with: .auditUnavailable(.test))
        #expect(await make(0).map(\.failure) == [.store(.auditUnavailable(.test))])
    }

    @Test("a profile that does not open makes its report fail, and no other report")
    func unreadableProfile() async throws {
        await bureau.profiles.damage(try bureau.token(Sample.cpfs[0], in: .b)) { $0.address = Sealed([]) }
        #expect(await make(0, 1).map(\.failure) == [.unreadable(.b), nil])
    }
}
