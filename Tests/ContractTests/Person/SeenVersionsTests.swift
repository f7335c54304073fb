import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("Records beside what a machine has seen of them")
struct SeenVersionsTests {
    private static let writers = 4
    private static let rounds = 15

    /// Runs work for several daemons of one machine at once.
    private func contend(_ work: @escaping @Sendable (_ writer: Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<Self.writers { group.addTask { try await work(writer) } }
            try await group.waitForAll()
        }
    }

    @Test("raise no alarm while four daemons write and read one person", arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PutBackBureau(driver, floors: MemoryFloors())
        try await contend { writer in
            for round in 0..<Self.rounds {
                try? await bureau.write(0, cents: Int64(Self.writers * round + writer))
                #expect(await bureau.person(0) == nil)
                try? await bureau.pay(0, cents: Int64(Self.writers * round + writer))
                let payments = await bureau.payments(0)
                #expect(payments == nil || payments == .contended)
                if writer == 0, round % 5 == 0 { try await bureau.reseal(0) }
            }
        }
        #expect(await bureau.person(0) == nil)
        #expect(await bureau.payments(0) == nil)
    }

    @Test("raise no alarm while four daemons write and read one profile", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await PutBackBureau(.sqlite, driver, floors: MemoryFloors())
        try await bureau.put(0, value: 1)
        try await contend { writer in
            for round in 0..<Self.rounds {
                try? await bureau.put(0, value: Int64(Self.writers * round + writer))
                #expect(await bureau.profile(0) == nil)
            }
        }
        #expect(await bureau.profile(0) == nil)
    }

    @Test("tell profiles that are put back under a higher version", arguments: Driver<ProfilePlace>.all)
    func raised(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await PutBackBureau(.sqlite, driver, floors: MemoryFloors())
        for index in [0, 1] { try await bureau.put(index, value: 1) }
        let former = try #require(try await bureau.profiles.read([bureau.tokens[0]])[0].get())
        try await bureau.put(0, value: 2)
        let put = ProfilePut(content: former.content, expectedVersion: nil, at: .first)
        #expect(try await bureau.profiles.put([put]) == [.written(version: 3)])
        #expect(await bureau.profile(0) == .unreadable(.b))
        #expect(await bureau.profile(1) == nil)
        try await bureau.put(0, value: 3)
        #expect(await bureau.profile(0) == nil)
    }

    @Test("tell rows that are put back, and those of others stay readable", arguments: Driver<PersonPlace>.all)
    func putBack(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PutBackBureau(driver, floors: MemoryFloors())
        for index in [0, 1] { try await bureau.pay(index, cents: 5) }
        let tables = ["person", "debt", "payment"]
        for table in tables { try await bureau.tamper("CREATE TABLE old_\(table) AS SELECT * FROM \(table)") }
        try await bureau.pay(0, cents: 7)
        try await bureau.tamper(
            "UPDATE payment SET details = old.details, version = old.version FROM old_payment AS old "
                + "WHERE payment.payment_key = old.payment_key")
        #expect(await bureau.payments(0) == .unreadable(.a))
        #expect(await bureau.payments(1) == nil)
        try await bureau.write(1, cents: 1)
        try await bureau.tamper(
            """
            UPDATE person SET identity = old.identity, address = old.address, version = old.version,
                state = old.state, created_at = old.created_at, updated_at = old.updated_at
            FROM old_person AS old WHERE person.token = old.token
            """)
        #expect(await bureau.person(0) == nil)
        #expect(await bureau.person(1) == .unreadable(.a))
    }
}

extension PutBackBureau {
    private static func failure<Success>(of results: [Result<Success, ServiceError>]) -> ServiceError? {
        if case .failure(let error)? = results.first { error } else { nil }
    }

    private func read(_ index: Int, _ method: String) -> SubjectRead {
        SubjectRead(
            cpf: Self.cpfs[index], access: Access(method: method, purpose: .creditProtection, groups: .all))
    }

    fileprivate func person(_ index: Int) async -> ServiceError? {
        Self.failure(of: await services.persons.read([read(index, "person.get")]))
    }

    fileprivate func profile(_ index: Int) async -> ServiceError? {
        Self.failure(of: await services.profiles.read([read(index, "profile.get")]))
    }

    fileprivate func payments(_ index: Int) async -> ServiceError? {
        let request = PaymentsRequest(
            person: read(index, "debt.payments"), debtID: debts[index], before: nil, limit: 20)
        return Self.failure(of: await services.payments.list([request]))
    }

    fileprivate func reseal(_ index: Int) async throws {
        let walk = ResealingWalk(vault: services.persons.vault, persons: services.persons.repository)
        _ = try await walk.reseal(Self.cpfs[index])
    }
}
