import Bureau
import Repositories
import Testing

@Suite("Base A: rights")
struct PersonRepositoryRightsTests {
    private static func request(
        _ number: Int, of subject: Int = 1, _ kind: RequestKind = .dispute, debt: Int? = nil, late second: Int = 100,
        done: RequestCompletion? = nil
    ) -> RequestRecord {
        RequestRecord(
            requestID: Sample.id(number), token: Sample.token(subject), kind: kind, debtID: debt.map { Sample.id($0) },
            receivedAt: Sample.instant(number), lateFrom: Sample.instant(second), details: Sample.sealed(number),
            completion: done)
    }

    private static func finish(_ number: Int, of subject: Int = 1, _ outcome: RequestOutcome = .kept) -> RequestFiling {
        .finish(
            Sample.token(subject), requestID: Sample.id(number),
            RequestCompletion(at: Sample.instant(200), outcome: outcome))
    }

    private static func query(
        _ subject: Int = 1, kind: RequestKind? = nil, before: Int? = nil, limit: Int = 10
    ) -> RequestQuery {
        RequestQuery(
            token: Sample.token(subject), kind: kind, before: before.map { Sample.id($0) }, limit: limit)
    }

    private func store(_ driver: Driver<PersonPlace>) async throws -> any PersonRepository {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        return store
    }

    private func requests(of store: any PersonRepository, _ query: RequestQuery) async throws -> [RequestRecord] {
        try await store.requests([query])[0]
    }

    @Test(
        "a request is kept as it was opened, ends once, and is read the newest first",
        arguments: Driver<PersonPlace>.all)
    func requests(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        let opened = try await store.write([
            .open(Self.request(10, debt: 1)), .open(Self.request(11, of: 2, .correction)),
        ])
        #expect(opened == [.written(version: 1), .written(version: 1)])
        let completion = RequestCompletion(at: Sample.instant(12), outcome: .carriedOut)
        let done = Self.request(12, .cadastroCancel, done: completion)
        #expect(try await store.write([.open(done)]) == [.written(version: 1)])
        #expect(
            try await store.requests([Self.query(), Self.query(2), Self.query(3)])
                == [[done, Self.request(10, debt: 1)], [Self.request(11, of: 2, .correction)], []])
        #expect(try await requests(of: store, Self.query(kind: .dispute)) == [Self.request(10, debt: 1)])
        #expect(try await requests(of: store, Self.query(limit: 1)) == [done])
        #expect(try await requests(of: store, Self.query(before: 12)) == [Self.request(10, debt: 1)])

        #expect(try await store.write([Self.finish(11, of: 1)]) == [.notFound])
        #expect(try await store.write([Self.finish(10)]) == [.written(version: 1)])
        #expect(try await store.write([Self.finish(10, .removed)]) == [.notFound])
        let ended = try await requests(of: store, Self.query(kind: .dispute))
        #expect(ended[0].completion == RequestCompletion(at: Sample.instant(200), outcome: .kept))
    }

    @Test("a debt has one open dispute at a time", arguments: Driver<PersonPlace>.all)
    func oneDispute(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        #expect(try await store.write([.open(Self.request(10, debt: 1))]) == [.written(version: 1)])
        #expect(try await store.write([.open(Self.request(11, debt: 1))]) == [.alreadyExists])
        #expect(try await store.write([.open(Self.request(12, debt: 2))]) == [.written(version: 1)])
        #expect(try await store.write([.open(Self.request(13, of: 2, debt: 1))]) == [.written(version: 1)])
        _ = try await store.write([Self.finish(10)])
        #expect(try await store.write([.open(Self.request(11, debt: 1))]) == [.written(version: 1)])
    }

    @Test(
        "open requests of all subjects come in the order in which their terms end", arguments: Driver<PersonPlace>.all)
    func due(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        let late = Self.request(21, of: 2, .correction, late: 50)
        let limit = Self.request(22, late: 60)
        let first = Self.request(20, of: 3, late: 70)
        let second = Self.request(23, .correction, late: 70)
        let done = Self.request(
            24, late: 40, done: RequestCompletion(at: Sample.instant(30), outcome: .corrected))
        for record in [second, first, late, limit, done] { _ = try await store.write([.open(record)]) }
        func query(_ state: RequestState, after: RequestRecord? = nil, limit: Int = 10) -> DueQuery {
            DueQuery(state: state, now: Sample.instant(60), after: after?.position, limit: limit)
        }
        let pages = try await store.due([
            query(.due), query(.late), query(.all), query(.all, after: late, limit: 2), query(.due, limit: 1),
            query(.due, after: first),
        ])
        #expect(
            pages == [
                [first, second], [late, limit], [done, late, limit, first, second], [limit, first], [first], [second],
            ])
    }

    @Test(
        "a request is opened and finished in one with the change of its debt, or not at all",
        arguments: Driver<PersonPlace>.all)
    func withDebts(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        func change(_ expected: Int64, _ details: Int, _ filing: RequestFiling) -> DebtChange {
            var change = Sample.change(
                1, .replace(Sample.newDebt(1, details: details), expectedVersion: expected))
            change.filing = filing
            return change
        }
        var untouched = Sample.change(2, .replace(Sample.newDebt(2, details: 32), expectedVersion: 1))
        untouched.filing = nil
        let outcomes = try await store.write([change(1, 31, .open(Self.request(10, debt: 1))), untouched])
        #expect(outcomes == [.written(version: 2), .written(version: 2)])
        #expect(try await requests(of: store, Self.query()) == [Self.request(10, debt: 1)])

        #expect(try await store.write([change(1, 33, Self.finish(10))]) == [.versionConflict(current: 2)])
        #expect(try await store.write([change(1, 33, .open(Self.request(11)))]) == [.versionConflict(current: 2)])
        #expect(try await requests(of: store, Self.query()) == [Self.request(10, debt: 1)])

        #expect(try await store.write([change(2, 34, Self.finish(10))]) == [.written(version: 3)])
        #expect(try await requests(of: store, Self.query())[0].completion?.outcome == .kept)
    }

    @Test(
        "a request is finished in one with the removal of its debt, or not at all", arguments: Driver<PersonPlace>.all)
    func withRemovals(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        _ = try await store.write([.open(Self.request(10, debt: 1))])
        func removal(_ expected: Int64, key: Int = 1) -> DebtChange {
            var change = Sample.change(1, key: key, .remove(Sample.id(1), expectedVersion: expected))
            change.filing = Self.finish(10, .removed)
            return change
        }
        #expect(try await store.write([removal(2)]) == [.versionConflict(current: 1)])
        #expect(try await store.write([removal(1, key: 9)]) == [.overtaken])
        #expect(try await requests(of: store, Self.query())[0].completion == nil)
        #expect(try await store.write([removal(1)]) == [.written(version: 1)])
        #expect(try await requests(of: store, Self.query())[0].completion?.outcome == .removed)
    }

    @Test(
        "a request is opened in one with the update of its person, or not at all", arguments: Driver<PersonPlace>.all)
    func withUpdates(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        let completion = RequestCompletion(at: Sample.instant(12), outcome: .corrected)
        func update(_ number: Int, expecting version: Int64) -> PersonUpdate {
            var update = Sample.update(1, expecting: version, identity: Sample.sealed(number))
            update.filing = .open(Self.request(number, .correction, done: completion))
            return update
        }
        #expect(try await store.update([update(40, expecting: 7)]) == [.versionConflict(current: 1)])
        #expect(try await requests(of: store, Self.query()).isEmpty)
        #expect(try await store.update([update(41, expecting: 1)]) == [.written(version: 2)])
        #expect(
            try await requests(of: store, Self.query()) == [Self.request(41, .correction, done: completion)])
    }

    @Test("consents are read the newest first, end once, and go with their person", arguments: Driver<PersonPlace>.all)
    func consents(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        func consent(_ number: Int, revoked second: Int? = nil) -> ConsentRecord {
            ConsentRecord(
                consentID: Sample.id(number), details: Sample.sealed(number), grantedAt: Sample.instant(number),
                revokedAt: second.map { Sample.instant($0) })
        }
        func grant(_ number: Int, to subject: Int = 1, key: Int = 1) -> ConsentChange {
            ConsentChange(
                token: Sample.token(subject), action: .grant(consent(number), dataKey: Sample.dataKey(key)))
        }
        func revocation(_ number: Int, of subject: Int = 1) -> ConsentChange {
            ConsentChange(
                token: Sample.token(subject), action: .revoke(Sample.id(number), at: Sample.instant(90)))
        }
        func query(before: Int? = nil, limit: Int = 10) -> ConsentQuery {
            ConsentQuery(token: Sample.token(1), before: before.map { Sample.id($0) }, limit: limit)
        }
        #expect(
            try await store.write([grant(50), grant(51, to: 2, key: 9), grant(52, to: 7)])
                == [.written(version: 1), .overtaken, .notFound])
        #expect(try await store.write([grant(53)]) == [.written(version: 1)])
        #expect(
            try await store.consents([query(), query(before: 53), query(limit: 1)])
                == [[consent(53), consent(50)], [consent(50)], [consent(53)]])
        #expect(try await store.write([revocation(50), revocation(50, of: 2)]) == [.written(version: 1), .notFound])
        #expect(try await store.write([revocation(50)]) == [.notFound])
        #expect(try await store.consents([query()])[0] == [consent(53), consent(50, revoked: 90)])
        _ = try await store.delete([Sample.personDeletion(1)])
        #expect(try await store.consents([query()])[0].isEmpty)
    }

    @Test(
        "a register is closed and opened with its request, outlives its person, and is told with the person",
        arguments: Driver<PersonPlace>.all)
    func cadastros(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        func change(_ number: Int, of subject: Int = 1, cancel: Bool) -> CadastroChange {
            let completion = RequestCompletion(at: Sample.instant(number), outcome: .carriedOut)
            return CadastroChange(
                token: Sample.token(subject), isCancelled: cancel,
                request: Self.request(
                    number, of: subject, cancel ? .cadastroCancel : .cadastroReopen, done: completion))
        }
        let written = try await store.write([change(60, cancel: true), change(61, of: 9, cancel: true)])
        #expect(written == [.written(version: 1), .written(version: 1)])
        // What is closed stays closed since then.
        _ = try await store.write([change(62, cancel: true), change(63, of: 2, cancel: false)])
        let states = try await store.cadastros([1, 9, 2].map { Sample.token($0) })
        #expect(
            states == [
                CadastroRecord(cancelledAt: Sample.instant(60)), CadastroRecord(cancelledAt: Sample.instant(61)), nil,
            ])
        #expect(try await store.person(1, audit: 2)?.cadastroCancelledAt == Sample.instant(60))
        #expect(try await store.person(2, audit: 3)?.cadastroCancelledAt == nil)
        #expect(try await requests(of: store, Self.query()).map(\.requestID) == [Sample.id(62), Sample.id(60)])

        _ = try await store.delete([Sample.personDeletion(1)])
        _ = try await store.create([Sample.creation(1, key: 2)])
        #expect(try await store.person(1, audit: 6)?.cadastroCancelledAt == Sample.instant(60))
        _ = try await store.write([change(64, cancel: false)])
        #expect(
            try await store.cadastros([Sample.token(1)])
                == [CadastroRecord(cancelledAt: Sample.instant(60), reopenedAt: Sample.instant(64))])
        #expect(try await store.person(1, audit: 7)?.cadastroCancelledAt == nil)
        _ = try await store.write([change(65, cancel: true)])
        #expect(try await store.cadastros([Sample.token(1)]) == [CadastroRecord(cancelledAt: Sample.instant(65))])
    }

    @Test(
        "a request whose details are sealed under another data key than the person's is overtaken",
        arguments: Driver<PersonPlace>.all)
    func otherKey(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        let completion = RequestCompletion(at: Sample.instant(12), outcome: .carriedOut)
        func filing(_ number: Int, of subject: Int = 1, key: Int) -> RequestFiling {
            var request = Self.request(number, .correction, done: completion)
            request.token = Sample.token(subject)
            return .open(request, sealedBy: Sample.dataKey(key))
        }
        #expect(try await store.write([filing(40, key: 1)]) == [.written(version: 1)])
        #expect(try await store.write([filing(41, key: 9)]) == [.overtaken])
        #expect(try await store.write([filing(42, of: 9, key: 1)]) == [.overtaken], "whose person is gone")
        func change(_ number: Int, key: Int) -> CadastroChange {
            CadastroChange(
                token: Sample.token(1), isCancelled: true,
                request: Self.request(number, .cadastroCancel, done: completion), sealedBy: Sample.dataKey(key))
        }
        #expect(try await store.write([change(43, key: 9)]) == [.overtaken])
        #expect(try await store.cadastros([Sample.token(1)]) == [nil], "and the register stays open")
        #expect(try await store.write([change(44, key: 1)]) == [.written(version: 1)])
        #expect(try await requests(of: store, Self.query()).map(\.requestID) == [Sample.id(44), Sample.id(40)])
    }

    @Test(
        "an erased person leaves the kinds and times of ended requests, and is written about no more",
        arguments: Driver<PersonPlace>.all)
    func erasure(driver: Driver<PersonPlace>) async throws {
        let store = try await store(driver)
        let completion = RequestCompletion(at: Sample.instant(12), outcome: .carriedOut)
        let done = Self.request(10, .cadastroCancel, debt: 1, done: completion)
        _ = try await store.write([CadastroChange(token: Sample.token(1), isCancelled: true, request: done)])
        _ = try await store.write([.open(Self.request(11, debt: 1))])
        #expect(try await store.remains(of: [Sample.token(1)]) == [true])
        try await store.bury([Tombstone(token: Sample.token(1), note: Sample.sealed(90))])
        try await store.erase([Sample.token(1)])
        #expect(try await store.remains(of: [Sample.token(1)]) == [false])
        var left = done
        (left.details, left.debtID) = (nil, nil)
        #expect(try await requests(of: store, Self.query()) == [left])
        #expect(try await store.cadastros([Sample.token(1)]) == [nil])

        #expect(try await store.write([.open(Self.request(12))]) == [.erased])
        let change = CadastroChange(token: Sample.token(1), isCancelled: true, request: Self.request(13))
        #expect(try await store.write([change]) == [.erased])
        #expect(try await requests(of: store, Self.query()) == [left])
        #expect(try await store.cadastros([Sample.token(1)]) == [nil])
    }
}
