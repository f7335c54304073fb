import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("ErasureService")
struct ErasureServiceTests {
    let bureau: TestBureau
    var service: ErasureService { bureau.services.erasures }

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.persons.create([0, 1].map { Sample.draft($0, debts: [Sample.debt]) })
        _ = await bureau.services.profiles.put([0, 1].map { SubjectWrite(Sample.profile($0), of: $0) })
        _ = await bureau.services.events.record([0, 1].map { Sample.event($0, id: "m", at: "2026-01-01T00:00:00Z") })
        _ = await bureau.score(0, 1)
    }

    private func erase(_ index: Int, _ reason: ErasureReason = .subjectRequest) async throws -> Erasure {
        let access = Access(method: "subject.erase", groups: [], duty: .rights)
        let request = ErasureRequest(cpf: Sample.person(index).cpf, reason: reason, access: access)
        return try await service.erase([request])[0].get()
    }

    private func holds(_ index: Int) async throws -> [Base] {
        let cpf = Sample.person(index).cpf
        var bases: [Base] = []
        if try await bureau.persons.remains(of: [bureau.token(cpf, in: .a)])[0] { bases.append(.a) }
        if try await bureau.profiles.remains(of: [bureau.token(cpf, in: .b)])[0] { bases.append(.b) }
        if try await bureau.events.remains(of: [bureau.token(cpf, in: .c)])[0] { bases.append(.c) }
        return bases
    }

    @Test("an erased person is in no base, and the neighbour is in all")
    func erasure() async throws {
        let erasure = try await erase(0)
        #expect(erasure.pending == [] && erasure.reason == .subjectRequest)
        #expect(try await holds(0) == [])
        #expect(try await holds(1) == [.a, .b, .c])
        let audits = await bureau.persons.audits.filter { $0.method == "subject.erase" }
        #expect(audits.map(\.outcome) == [.granted, .done], "the request and its end")
        #expect(erasure.completion?.auditID == audits.last?.recordID)
    }

    @Test("whoever asks again is given the first certificate")
    func again() async throws {
        let first = try await erase(0)
        #expect(try await erase(0, .purposeEnded) == first)
    }

    @Test("nothing can be written about an erased person")
    func refusal() async throws {
        _ = try await erase(0)
        #expect(await bureau.services.persons.create([Sample.draft(0)]) == [.failure(.forbidden(.erased))])
        let put = SubjectWrite(Sample.profile(0), of: 0)
        #expect(await bureau.services.profiles.put([put]) == [.failure(.forbidden(.erased))])
        let event = Sample.event(0, id: "late", at: "2026-01-02T00:00:00Z")
        #expect(await bureau.services.events.record([event]) == [.failure(.forbidden(.erased))])
    }

    @Test("a base that is down is told, keeps nobody from the others, and is emptied later", arguments: [Base.b, .c])
    func pending(base: Base) async throws {
        let failure = StoreError.unavailable(base, .test, retryAfterMilliseconds: 1)
        if base == .b { await bureau.profiles.fail(with: failure) } else { await bureau.events.fail(with: failure) }
        let erasure = try await erase(0)
        #expect(erasure.pending == [base] && erasure.completion == nil)
        await bureau.profiles.fail(with: nil)
        await bureau.events.fail(with: nil)
        #expect(try await holds(0) == [base])
        #expect(await service.consistency(repairing: false) { _, _ in }.differences > 0)
        _ = await service.consistency(repairing: true) { _, _ in }
        #expect(try await holds(0) == [])
        #expect(await service.consistency(repairing: false) { _, _ in }.differences == 0)
        let ended = try await erase(0)
        #expect(ended.erasureID == erasure.erasureID && ended.completion != nil)
    }

    @Test("whose erasure waits for a base is not read there once it is back, for any purpose, by any daemon")
    func waiting() async throws {
        let failure = StoreError.unavailable(.b, .test, retryAfterMilliseconds: 1)
        await bureau.profiles.fail(with: failure)
        await bureau.events.fail(with: failure)
        #expect(try await erase(0).pending == [.b, .c])
        await bureau.profiles.fail(with: nil)
        await bureau.events.fail(with: nil)
        for purpose in [Purpose.creditProtection, .dataSubjectRequest, .judicialOrder] {
            func read(_ index: Int) -> SubjectRead {
                SubjectRead(
                    cpf: Sample.person(index).cpf, access: Access(method: "read", purpose: purpose, groups: .all))
            }
            let profiles = await bureau.services.profiles.read([read(0), read(1)])
            #expect(profiles[0].failure == .forbidden(.erased) && profiles[1].failure == nil)
            let events = await bureau.services.events.latest([read(0), read(1)])
            #expect(events[0].failure == .forbidden(.erased) && events[1].failure == nil)
        }
        #expect(await bureau.score(0)[0].failure == .forbidden(.erased))
        let next = BlockList(
            vaultA: try .fixed(.a, byte: 0x11), vaultB: try .fixed(.b, byte: 0x22), vaultC: try .fixed(.c, byte: 0x33),
            repository: bureau.persons)
        #expect(await next.refresh())
        #expect(next.causes(of: [0, 1].map { Sample.person($0).cpf }) == [.erased, nil])
        _ = await service.consistency(repairing: true) { _, _ in }
        let gone = SubjectRead(
            cpf: Sample.person(0).cpf, access: Access(method: "read", purpose: .creditProtection, groups: .all))
        #expect(await bureau.services.profiles.read([gone])[0].failure == .notFound)
        #expect(await next.refresh())
        #expect(next.causes(of: [Sample.person(0).cpf]) == nil)
    }

    @Test("a task that its daemon holds is left alone, and base A keeps it when base A fails")
    func claimed() async throws {
        await bureau.events.fail(with: .unavailable(.c, .test, retryAfterMilliseconds: 1))
        _ = try await erase(0)
        await bureau.events.fail(with: nil)
        #expect(await service.workOff() == 0)
        await bureau.persons.fail(with: .unavailable(.a, .test, retryAfterMilliseconds: 1))
        #expect(await service.workOff() == 0)
    }

    @Test("without the duty nobody is erased")
    func duty() async throws {
        let access = Access(method: "subject.erase", groups: [], duty: .keys)
        let request = ErasureRequest(cpf: Sample.person(0).cpf, reason: .subjectRequest, access: access)
        #expect(await service.erase([request]) == [.failure(.forbidden(.role([])))])
        #expect(try await holds(0) == [.a, .b, .c])
    }

    @Test("a base that was put back from before forgets the person again", arguments: Base.allCases)
    func restored(base: Base) async throws {
        _ = try await erase(0)
        switch base {
        case .a: await bureau.persons.clear()
        case .b: await bureau.profiles.clear()
        case .c: await bureau.events.clear()
        }
        let services = bureau.services
        _ = await services.persons.create([Sample.draft(0)])
        _ = await services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)])
        _ = await services.events.record([Sample.event(0, id: "m", at: "2026-01-01T00:00:00Z")])
        #expect(try await holds(0) == [base])
        let found = await service.consistency(repairing: false) { _, _ in }
        #expect(found.missingTombstones[base] == 1)
        // The audit log knows the neighbour's profile, which is gone.
        #expect(found.differences == (base == .b ? 2 : 1))
        #expect(await service.reapply())
        #expect(try await holds(0) == [])
        _ = await service.consistency(repairing: false, accepting: true) { _, _ in }
        #expect(await service.consistency(repairing: false) { _, _ in }.differences == 0)
    }

    @Test("whom former copies of all bases have forgotten to forget, the audit log knows, and `repair` buries")
    func putBackEverywhere() async throws {
        let cpf = Sample.person(0).cpf
        let token = try bureau.token(cpf, in: .a)
        let former = try #require(await bureau.persons.records[token])
        _ = try await erase(0)
        await bureau.persons.unbury(token)
        await bureau.persons.putBack(former)
        await bureau.profiles.clear()
        await bureau.events.clear()
        _ = await bureau.services.profiles.put([0, 1].map { SubjectWrite(Sample.profile($0), of: $0) })
        _ = await bureau.services.events.record([Sample.event(0, id: "m", at: "2026-01-01T00:00:00Z")])
        #expect(try await holds(0) == [.a, .b, .c])
        #expect(await service.reapply(), "no base remembers")
        let found = await service.consistency(repairing: false) { _, _ in }
        #expect(found.missingTombstones == [.a: 1, .b: 1, .c: 1])
        #expect(await service.consistency(repairing: true) { _, _ in }.repaired == 3)
        #expect(try await holds(0) == [])
        #expect(try await holds(1).contains(.a), "the neighbour")
        let after = await service.consistency(repairing: false) { _, _ in }
        #expect(after.missingTombstones.values.allSatisfy { $0 == 0 } && after.tombstones[.c] == 1)
    }

    @Test("an erasure that the log has no tombstone of, as earlier versions left it, gets one by `repair`")
    func unlogged() async throws {
        func lines() async -> Int {
            await bureau.persons.auditLines.count { TombstoneRecord(line: $0) != nil }
        }
        _ = try await erase(0)
        #expect(await lines() == 1)
        let tombstone = try #require(try await bureau.persons.tombstones(after: nil, limit: 1).first)
        await bureau.persons.clear()
        try await bureau.persons.bury([tombstone])
        for expected in [1, 1] {
            _ = await service.consistency(repairing: true) { _, _ in }
            #expect(await lines() == expected)
        }
    }

    @Test("a tombstone that another ring has sealed is counted, and buries nobody")
    func forged() async throws {
        let token = try bureau.token(Sample.person(1).cpf, in: .b)
        try await bureau.profiles.bury([Tombstone(token: token, note: Sealed([UInt8](repeating: 1, count: 200)))])
        let found = await service.consistency(repairing: false) { _, _ in }
        #expect(found.unreadable[.b] == 1 && found.differences == 1)
        #expect(await service.reapply())
        #expect(try await holds(1) == [.a, .b, .c])
    }
}
