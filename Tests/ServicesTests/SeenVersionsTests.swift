import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services
@testable import Vault

@Suite("Former copies of whole records, at the read")
struct SeenVersionsTests {
    private let bureau: TestBureau
    private let floors = MemoryFloors()

    init() async throws {
        bureau = try TestBureau(floors: floors)
        _ = await bureau.services.persons.create([0, 1, 2].map { Sample.draft($0, debts: [Sample.debt]) })
        _ = await bureau.services.profiles.put([0, 1, 2].map { SubjectWrite(Sample.profile($0), of: $0) })
    }

    private func update(_ index: Int, _ name: String = "Ana") async throws {
        let patch = PersonPatch(name: .set(name))
        _ = try await bureau.services.persons.update([SubjectWrite(patch, of: index)])[0].get()
    }

    private func pay(_ index: Int, cents: Int64) async throws {
        let debtID = try await debtID(index)
        let payment = Payment(
            paymentID: "1", dueDate: Sample.parse("2026-01-10"), amount: Money(cents: 10),
            paid: PaidAmount(day: Sample.parse("2026-01-09"), amount: Money(cents: cents)))
        let entry = PaymentEntry(debtID: debtID, payment: payment)
        _ = try await bureau.services.payments.record([SubjectWrite(entry, of: index)])[0].get()
    }

    private func debtID(_ index: Int) async throws -> RecordID {
        try #require(await bureau.persons.records[token(index, .a)]?.debts.first?.debtID)
    }

    private func token(_ index: Int, _ base: Base) throws -> SubjectToken {
        try bureau.token(Sample.cpfs[index], in: base)
    }

    /// What becomes of a read of each of the three persons.
    private func persons() async -> [ServiceError?] {
        await bureau.services.persons.read([0, 1, 2].map { Sample.request($0) }).map(\.failure)
    }

    private func profiles() async -> [ServiceError?] {
        await bureau.services.profiles.read([0, 1, 2].map { Sample.request($0, "profile.get") }).map(\.failure)
    }

    private func payments() async throws -> [ServiceError?] {
        var requests: [PaymentsRequest] = []
        for index in [0, 1] {
            requests.append(
                PaymentsRequest(
                    person: Sample.request(index, "debt.payments"), debtID: try await debtID(index), before: nil,
                    limit: 20))
        }
        return await bureau.services.payments.list(requests).map(\.failure)
    }

    private func accept() async throws {
        var check = try #require(bureau.services.erasures.writes)
        check.carrying = .zero
        _ = try await check.findings(accepting: true)
    }

    private var unreadable: [AuditSubject] {
        bureau.journal.records.filter { $0.outcome == .unreadable }.flatMap(\.subjects)
    }

    @Test("a whole person who is put back is not given out, the neighbours are, and `accept` ends it")
    func person() async throws {
        let token = try token(1, .a)
        let former = try #require(await bureau.persons.records[token])
        try await update(1)
        await bureau.persons.putBack(former)
        #expect(await persons() == [nil, .unreadable(.a), nil])
        #expect(unreadable == [AuditSubject(token)])
        let writes = await bureau.services.persons.update([SubjectWrite(PersonPatch(name: .set("Eva")), of: 1)])
        #expect(writes[0].failure == .unreadable(.a), "nothing is written on a former copy")
        #expect(await bureau.score(0, 1).map(\.failure) == [nil, .unreadable(.a)])
        let reports = await bureau.services.reports.make([0, 1].map { Sample.request($0, "report.get") })
        #expect(reports.map(\.failure) == [nil, .unreadable(.a)])
        try await accept()
        #expect(await persons() == [nil, nil, nil])
        try await update(1, "Eva")
        #expect(await persons() == [nil, nil, nil])
    }

    @Test("a whole person who was read here and written elsewhere is not given out in the former state")
    func seenAtRead() async throws {
        let token = try token(1, .a)
        let former = try #require(await bureau.persons.records[token])
        try await update(1)
        floors.forgetAll(heeding: floors.heeded)
        #expect(await persons() == [nil, nil, nil])
        await bureau.persons.putBack(former)
        #expect(await persons() == [nil, .unreadable(.a), nil])
        // A copy of another life of the version.
        await bureau.persons.damage(token) { $0.version = 2 }
        #expect(await persons() == [nil, .unreadable(.a), nil])
    }

    @Test("a payment that is put back is not given out, and `accept` ends it")
    func payment() async throws {
        for index in [0, 1] { try await pay(index, cents: 5) }
        let former = try await #require(bureau.persons.paymentsOf(debtID(1)).first)
        try await pay(1, cents: 6)
        #expect(try await payments() == [nil, nil])
        await bureau.persons.damagePayments(of: try await debtID(1)) { $0 = former }
        #expect(try await payments() == [nil, .unreadable(.a)])
        #expect(try unreadable == [AuditSubject(token(1, .a))])
        await #expect(throws: ServiceError.unreadable(.a)) { try await pay(1, cents: 7) }
        let access = Access(method: "subject.access", purpose: .dataSubjectRequest, groups: .all, duty: .rights)
        let own = await bureau.services.subjectAccess.holdings(
            [0, 1].map { SubjectRead(cpf: Sample.cpfs[$0], access: access) })
        #expect(own.map(\.failure) == [nil, .unreadable(.a)])
        try await accept()
        #expect(try await payments() == [nil, nil])
        try await pay(1, cents: 7)
        #expect(try await payments() == [nil, nil])
    }

    @Test("a whole profile that is put back is not given out, whatever version it has got, and `accept` ends it")
    func profile() async throws {
        let token = try token(1, .b)
        let former = try #require(await bureau.profiles.read([token])[0].get())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        for version in [1, 2, 3] as [Int64] {
            try await putBack(former, version: version)
            #expect(await profiles() == [nil, .unreadable(.b), nil])
            #expect(await bureau.score(0, 1).map(\.failure) == [nil, .unreadable(.b)])
        }
        #expect(Set(unreadable) == [AuditSubject(token)])
        try await accept()
        #expect(await profiles() == [nil, nil, nil])
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        #expect(await profiles() == [nil, nil, nil])
    }

    /// Puts a profile back, past all checks, as a version.
    private func putBack(_ record: ProfileRecord, version: Int64) async throws {
        try await bureau.profiles.erase([record.content.token])
        for _ in 0..<version {
            _ = try await bureau.profiles.put([
                ProfilePut(content: record.content, expectedVersion: nil, at: .first)
            ])
        }
    }

    @Test("who was deleted does not come back, and may be created again")
    func deleted() async throws {
        let former = try #require(await bureau.persons.records[token(1, .a)])
        let profile = try #require(await bureau.profiles.read([token(1, .b)])[0].get())
        _ = try await bureau.services.persons.delete([SubjectWrite<Void>((), of: 1)])[0].get()
        _ = try await bureau.services.profiles.delete([SubjectWrite<Void>((), of: 1)])[0].get()
        #expect(await persons() == [nil, .notFound, nil])
        for version in [7, 1] as [Int64] {
            await bureau.persons.putBack(former)
            await bureau.persons.damage(try token(1, .a)) { $0.version = version }
            try await putBack(profile, version: version)
            #expect(await persons() == [nil, .unreadable(.a), nil])
            #expect(await profiles() == [nil, .unreadable(.b), nil])
        }
        let deletion = await bureau.services.persons.delete([SubjectWrite<Void>((), of: 1)])[0]
        #expect(deletion.failure == .unreadable(.a), "it would hide that the person was put back")
        let last = try #require(bureau.journal.records.last)
        #expect(try last.outcome == .unreadable && last.subjects == [AuditSubject(token(1, .a))])
        floors.forgetAll(heeding: floors.heeded)
        _ = try await bureau.services.persons.delete([SubjectWrite<Void>((), of: 1)])[0].get()
        _ = try await bureau.services.persons.create([Sample.draft(1)])[0].get()
        #expect(await persons() == [nil, nil, nil])
    }

    @Test("a person's copy from the creation is not given out, whatever version it has got")
    func creation() async throws {
        let token = try token(1, .a)
        let former = try #require(await bureau.persons.records[token])
        try await update(1)
        try await update(1, "Eva")
        for version in [2, 3, 4] as [Int64] {
            await bureau.persons.putBack(former)
            await bureau.persons.damage(token) { $0.version = version }
            #expect(await persons() == [nil, .unreadable(.a), nil], "\(version)")
        }
        try await accept()
        #expect(await persons() == [nil, nil, nil])
    }

    @Test("subjects under new data keys tell still when they were written")
    func resealedCopies() async throws {
        let (person, profile) = (try token(1, .a), try token(1, .b))
        let earlier = try TestBureau(
            floors: MemoryFloors(), profiles: bureau.profiles, from: 1_800_000_000 - 700)
        _ = await earlier.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        let formerPerson = try #require(await bureau.persons.records[person])
        let formerProfile = try #require(await bureau.profiles.read([profile])[0].get())
        try await update(1)
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        // Both are put back under a higher version, and sealed anew by an operator who knows nothing of it.
        await bureau.persons.putBack(formerPerson)
        await bureau.persons.damage(person) { $0.version = 5 }
        try await putBack(formerProfile, version: 5)
        _ = try await ResealingWalk(vault: bureau.services.persons.vault, persons: bureau.persons).run()
        _ = try await ResealingWalk(
            vault: bureau.services.profiles.vault, profiles: bureau.profiles, trail: bureau.trail
        ).run()
        #expect(try await bureau.profiles.read([profile])[0].get()?.content.dataKey.generation == 2)
        #expect(await persons() == [nil, .unreadable(.a), nil])
        #expect(await profiles() == [nil, .unreadable(.b), nil])
    }

    @Test("nothing is given out under a former data key, whatever version it has got")
    func unsealed() async throws {
        let (person, profile) = (try token(1, .a), try token(1, .b))
        let formerPerson = try #require(await bureau.persons.records[person])
        let formerProfile = try #require(await bureau.profiles.read([profile])[0].get())
        _ = try await ResealingWalk(vault: bureau.services.persons.vault, persons: bureau.persons).run()
        _ = try await ResealingWalk(
            vault: bureau.services.profiles.vault, profiles: bureau.profiles, trail: bureau.trail
        ).run()
        #expect(await persons() == [nil, nil, nil])
        #expect(await profiles() == [nil, nil, nil])
        await bureau.persons.putBack(formerPerson)
        await bureau.persons.damage(person) { $0.version = 4 }
        try await putBack(formerProfile, version: 4)
        #expect(await persons() == [nil, .unreadable(.a), nil])
        #expect(await profiles() == [nil, .unreadable(.b), nil])
    }

    @Test("a write that was overtaken by a later one is given out, also when its daemon was killed before it told")
    func overtaken() async throws {
        let token = try token(1, .b)
        let name = FloorName(firstToken: token, in: .b)
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        let slow = try #require(await bureau.profiles.read([token])[0].get())
        let time = try #require(floors.floor(of: name)?.written?.time)
        // A daemon begins to write; another one comes in between, and the store takes the first write behind it.
        floors.begin(name, at: time)
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        try await putBack(slow, version: 4)
        #expect(await profiles() == [nil, nil, nil])
        floors.end(name, at: time)
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        try await putBack(slow, version: 7)
        #expect(await profiles() == [nil, .unreadable(.b), nil])
    }

    @Test("a version that no daemon reaches is none", arguments: [0, -1, 1 << 32, .max] as [Int64])
    func versions(version: Int64) async throws {
        let former = try #require(await bureau.persons.records[token(1, .a)])
        if version == .max { floors.forgetAll(heeding: floors.heeded) }
        try await update(1)
        await bureau.persons.putBack(former)
        await bureau.persons.damage(try token(1, .a)) { $0.version = version }
        #expect(await persons() == [nil, .unreadable(.a), nil])
        let writes = await bureau.services.persons.update([SubjectWrite(PersonPatch(name: .set("Eva")), of: 1)])
        #expect(writes[0].failure == .unreadable(.a))
    }

    @Test("a profile that another machine has written is given out, although its clock is behind by minutes")
    func machines() async throws {
        let other = try TestBureau(
            floors: MemoryFloors(machine: 2), profiles: bureau.profiles, from: 1_800_000_000 - 500)
        for round in 1...3 as ClosedRange<Int64> {
            for services in [bureau.services, other.services] {
                _ = try await services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])[0].get()
                #expect(await profiles() == [nil, nil, nil])
            }
            #expect(try await bureau.profiles.read([token(1, .b)])[0].get()?.version == 1 + 2 * round)
        }
    }

    @Test("a profile that is written over a former one is given out, and so is nobody else's")
    func writtenOver() async throws {
        let former = try #require(await bureau.profiles.read([token(1, .b)])[0].get())
        for _ in 0..<3 { _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)]) }
        try await putBack(former, version: 1)
        #expect(await profiles() == [nil, .unreadable(.b), nil])
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        #expect(await profiles() == [nil, nil, nil])
    }

    @Test("who was erased does not come back, and what was read before is not found")
    func erased() async throws {
        let (person, profile) = (try token(1, .a), try token(1, .b))
        let former = try #require(await bureau.persons.records[person])
        let request = ErasureRequest(
            cpf: Sample.cpfs[1], reason: .consentRevoked, access: Access(method: "subject.erase", groups: .all))
        let content = try #require(await bureau.profiles.read([profile])[0].get())
        _ = try await bureau.services.erasures.erase([request])[0].get()
        #expect(await persons() == [nil, .notFound, nil])
        await bureau.persons.unbury(person)
        await bureau.persons.putBack(former)
        #expect(await persons() == [nil, .unreadable(.a), nil])
        #expect(floors.floor(of: FloorName(firstToken: content.content.token, in: .b))?.version == .erasure)
    }

    @Test("subjects under new data keys are nothing that was put back")
    func resealed() async throws {
        for index in [0, 1] { try await pay(index, cents: 5) }
        #expect(try await payments() == [nil, nil])
        _ = try await ResealingWalk(vault: bureau.services.persons.vault, persons: bureau.persons).run()
        _ = try await ResealingWalk(
            vault: bureau.services.profiles.vault, profiles: bureau.profiles, trail: bureau.trail
        ).run()
        for _ in 0..<2 {
            #expect(await persons() == [nil, nil, nil])
            #expect(await profiles() == [nil, nil, nil])
            #expect(try await payments() == [nil, nil])
        }
    }

    @Test("an acceptance counts once, of those of a day each, and none that the log does not prove")
    func acceptances() async throws {
        let seen = try #require(bureau.services.seen)
        #expect(await !seen.heedAcceptances(everyDay: false))
        for _ in 0..<3 {
            try await accept()
            #expect(await seen.heedAcceptances(everyDay: false))
            #expect(await !seen.heedAcceptances(everyDay: false))
        }
        await bureau.persons.fail(with: .unavailable(.a, StoreReason(.unreachable, "away"), retryAfterMilliseconds: 1))
        #expect(await !seen.heedAcceptances(everyDay: false))
    }
}
