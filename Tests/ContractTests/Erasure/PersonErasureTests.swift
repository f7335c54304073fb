import Bureau
import Repositories
import Testing

@Suite("Erased subjects in base A")
struct PersonErasureTests {
    @Test("nothing of an erased person stays but the tombstone", arguments: Driver<PersonPlace>.all)
    func erasure(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        var creation = Sample.creation(1, debts: [Sample.newDebt(1), Sample.newDebt(2)])
        creation.receipt = Sample.receipt(1)
        _ = try await store.create([creation, Sample.creation(2, key: 2)])
        let payment = PaymentKey(token: Sample.token(1), debtID: Sample.id(1), key: Sample.id(50))
        _ = try await store.write([
            PaymentChange(
                payment: payment, dataKey: Sample.dataKey(1), action: .add(position: 0), details: Sample.sealed(3),
                at: Sample.instant(1))
        ])
        let blocks = [1, 2].map {
            BlockChange(token: Sample.token($0), isBlocked: true, audit: Sample.audit(10 + $0, $0))
        }
        #expect(try await store.block(blocks) == [true, true])
        #expect(try await store.hasAnything(of: 1))
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await store.blocked(after: nil, limit: 10) == [Sample.token(2)])
        #expect(try await store.person(1, audit: 1) == nil)
        #expect(try await store.find([payment])[0] == PaymentState(count: 0, payment: nil))
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)]) == [nil])
        #expect(try await !store.hasAnything(of: 1))
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
        #expect(try await store.person(2, audit: 2)?.version == 1, "the neighbour stays")
        #expect(try await store.hasAnything(of: 2))
    }

    @Test("a buried person is not created again, beside others who are", arguments: Driver<PersonPlace>.all)
    func refusal(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.bury([Sample.tombstone(1)])
        #expect(try await store.create([Sample.creation(1), Sample.creation(2)]) == [.erased, .written(version: 1)])
        var again = Sample.creation(1)
        again.receipt = Sample.receipt(1)
        #expect(try await store.create([again]) == [.erased])
        #expect(try await store.receipts([Sample.repeatKey(1, of: 1)]) == [nil], "what did not happen has no receipt")
        #expect(try await store.person(1, audit: 1) == nil)
        #expect(try await !store.hasAnything(of: 1))
    }

    @Test("a deleted person's last version goes too", arguments: Driver<PersonPlace>.all)
    func version(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1)])
        _ = try await store.delete([Sample.personDeletion(1)])
        #expect(try await store.hasAnything(of: 1))
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([Sample.token(1)])
        #expect(try await !store.hasAnything(of: 1))
    }

    @Test("an earlier tombstone stays, and erasing again changes nothing", arguments: Driver<PersonPlace>.all)
    func repetition(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.bury([Sample.tombstone(1)])
        try await store.bury([Sample.tombstone(1, note: 1), Sample.tombstone(2)])
        try await store.erase([Sample.token(1), Sample.token(2)])
        try await store.erase([Sample.token(1), Sample.token(2)])
        let found = try await store.tombstones(of: [1, 2, 3].map(Sample.token))
        #expect(found == [Sample.tombstone(1), Sample.tombstone(2), nil])
    }

    @Test("tombstones are listed in pages, each once", arguments: Driver<PersonPlace>.all)
    func pages(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await expectPages(of: store)
    }

    @Test("creations and a burial at the same moment leave nobody", arguments: Driver<PersonPlace>.all)
    func race(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        for subject in 1...20 {
            async let created = stores[0].create([Sample.creation(subject)])
            try await stores[1].bury([Sample.tombstone(subject)])
            try await stores[1].erase([Sample.token(subject)])
            _ = try await created
            #expect(try await stores[0].person(subject, audit: 200 + subject) == nil)
        }
    }

    @Test(
        "a person is read by nobody from the moment that the erasure is kept, and the neighbour is",
        arguments: Driver<PersonPlace>.all)
    func kept(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1, debts: [Sample.newDebt(1)]), Sample.creation(2, key: 2)])
        var entry = Sample.entry(1)
        entry.tombstone = Sample.tombstone(1)
        #expect(try await store.enqueue([entry]) == [entry.entry])
        #expect(try await store.person(1, audit: 1) == nil)
        #expect(try await store.person(2, audit: 2)?.version == 1)
        #expect(try await store.create([Sample.creation(1)]) == [.erased])
        #expect(try await store.hasAnything(of: 1), "until it is worked on")
        #expect(try await store.tombstone(1) == Sample.tombstone(1))
    }

    @Test("a task is kept once, worked on by one, and ended once", arguments: Driver<PersonPlace>.all)
    func outbox(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let (first, second) = (Sample.entry(1), Sample.entry(2, at: 1))
        #expect(try await store.enqueue([first, second]) == [first.entry, second.entry])
        var again = Sample.entry(1, audit: 9)
        again.entry.note = Sample.sealed(1)
        #expect(try await store.enqueue([again]) == [first.entry], "the first stands")
        #expect(try await Set(store.openEntries(10)) == [first.entry, second.entry])
        let (early, late, later) = (Sample.instant(29), Sample.instant(31), Sample.instant(61))
        #expect(try await store.claim(10, at: early, until: later) == [], "its daemon works on it")
        #expect(try await store.claim(1, at: late, until: later) == [first.entry], "the oldest first")
        #expect(try await store.claim(10, at: late, until: later) == [second.entry])
        #expect(try await store.claim(10, at: late, until: later) == [])
        try await store.bury([Sample.tombstone(1)])
        let done = FinishedEntry(
            entryID: Sample.id(1), tombstone: Sample.tombstone(1, note: 5), audit: Sample.audit(500, 1))
        #expect(try await store.finish([done]) == [true])
        #expect(try await store.finish([done]) == [false])
        #expect(try await store.openEntries(10) == [second.entry])
        #expect(try await store.tombstones(of: [Sample.token(1)]) == [Sample.tombstone(1, note: 5)])
        #expect(try await place.auditLog().count == 4, "two that were kept, one that stood, one that was ended")
    }
}

/// Lists tombstones of many subjects page by page.
func expectPages(of store: some ErasableStore) async throws {
    let subjects = [1, 2, 3, 0x7F, 0x80, 0xFF, 0x1234].map { Sample.tombstone($0) }
    try await store.bury(subjects)
    var listed: [Tombstone] = []
    while true {
        let page = try await store.tombstones(after: listed.last?.token, limit: 3)
        listed += page
        if page.count < 3 { break }
    }
    #expect(listed == subjects.sorted { $0.token < $1.token })
}
