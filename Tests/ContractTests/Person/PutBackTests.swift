import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

/// Former copies that somebody with a store in their hands puts in the place of the present ones, where no read can
/// see it: the audit log does.
@Suite("Whole records that were put back or deleted past the daemons")
struct PutBackTests {
    @Test("a whole person, a whole payment and their deletion are found", arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PutBackBureau(driver)
        for index in [0, 1] { try await bureau.pay(index, cents: 5) }
        let tables = ["person", "debt", "payment"]
        for table in tables { try await bureau.tamper("CREATE TABLE old_\(table) AS SELECT * FROM \(table)") }
        for index in [0, 1] {
            try await bureau.write(index, cents: 1)
            try await bureau.pay(index, cents: 7)
        }
        #expect(try await bureau.findings() == WriteFindings())
        // The first person's rows; which of the two it is does not matter.
        let token = "token = (SELECT token FROM person ORDER BY token LIMIT 1)"
        let own = driver.name == "SQLite" ? "person = (SELECT id FROM person WHERE \(token))" : token
        for table in tables { try await bureau.tamper("CREATE TABLE new_\(table) AS SELECT * FROM \(table)") }
        func reset() async throws {
            try await bureau.tamper("DELETE FROM payment", "DELETE FROM debt", "DELETE FROM person")
            for table in tables { try await bureau.tamper("INSERT INTO \(table) SELECT * FROM new_\(table)") }
            #expect(try await bureau.findings() == WriteFindings())
        }
        try await bureau.tamper(
            "UPDATE payment SET details = old.details, version = old.version FROM old_payment AS old "
                + "WHERE payment.payment_key = old.payment_key AND payment.\(own)")
        #expect(try await bureau.findings().putBack == [.a: 1], "a payment")
        try await reset()
        try await bureau.tamper("DELETE FROM payment WHERE \(own)")
        #expect(try await bureau.findings().removed == [.a: 1], "a payment")
        try await reset()
        try await bureau.tamper(
            """
            UPDATE person SET identity = old.identity, address = old.address, version = old.version,
                state = old.state, created_at = old.created_at, updated_at = old.updated_at
            FROM old_person AS old WHERE person.token = old.token AND person.\(token)
            """)
        #expect(try await bureau.findings().putBack == [.a: 1], "a person")
        // Also with the version that it should have.
        try await bureau.tamper(
            "UPDATE person SET version = new.version FROM new_person AS new WHERE person.token = new.token")
        #expect(try await bureau.findings().putBack == [.a: 1], "a person with the present version")
        try await reset()
        try await bureau.tamper("DELETE FROM person WHERE \(token)")
        #expect(try await bureau.findings().removed == [.a: 1], "a person")
    }

    @Test("writes that take place in part, and at once, leave marks that hold", arguments: Driver<PersonPlace>.all)
    func concurrent(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PutBackBureau(driver)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    for index in [0, 1] {
                        try? await bureau.write(index, cents: Int64(number))
                        try? await bureau.pay(index, cents: Int64(number))
                    }
                }
                // Of each pair one exists already.
                group.addTask {
                    let persons = [PutBackBureau.cpfs[0], CPF(first: number)].map { cpf in
                        PersonDraft(
                            person: Person(
                                cpf: cpf, name: "Ana", surname: "Lima", birthDate: PutBackBureau.parse("1959-01-02"),
                                phone: nil,
                                email: nil, address: nil), debts: [], access: PutBackBureau.access("person.create"))
                    }
                    let created = await bureau.services.persons.create(persons)
                    #expect(created.count { (try? $0.get()) != nil } == 1)
                }
                group.addTask {
                    let findings = try await bureau.findings()
                    #expect(findings == WriteFindings())
                }
            }
            try await group.waitForAll()
        }
        #expect(try await bureau.findings() == WriteFindings())
    }

    @Test("a whole profile and its deletion are found", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let bureau = try await PutBackBureau(.sqlite, driver)
        for index in [0, 1] { try await bureau.put(index, value: 1) }
        let former = try await bureau.profiles.read(bureau.tokens).map { try #require(try $0.get()).content }
        for index in [0, 1] { try await bureau.put(index, value: 2) }
        #expect(try await bureau.findings() == WriteFindings())
        // Under a higher version than the present one.
        let puts = former.map { ProfilePut(content: $0, expectedVersion: nil, at: .first) }
        _ = try await bureau.profiles.put([puts[0]])
        #expect(try await bureau.findings().putBack == [.b: 1])
        _ = try await bureau.profiles.delete([ProfileDeletion(token: bureau.tokens[0], expectedVersion: nil)])
        #expect(try await bureau.findings().removed == [.b: 1])
        _ = try await bureau.profiles.put([puts[0]])
        #expect(try await bureau.findings().putBack == [.b: 1])
        // A former copy that is written on gives a version anew. What is erased on the DynamoDB API keeps its version.
        guard driver.name == "SQLite" else { return }
        try await bureau.profiles.erase([bureau.tokens[0]])
        for value in [3, 4, 5, 6] as [Int64] {
            try await bureau.put(0, value: value)
            #expect(try await bureau.findings().putBack == [.b: 1])
        }
    }
}

extension CPF {
    /// A valid CPF of a number.
    fileprivate init(first number: Int) {
        let digits = Array(String(700_000_000 + number)).compactMap(\.wholeNumberValue)
        func check(_ digits: [Int]) -> Int {
            let sum = zip(digits, (2...digits.count + 1).reversed()).reduce(0) { $0 + $1.0 * $1.1 }
            return sum * 10 % 11 % 10
        }
        let first = check(digits)
        let text = digits.map(String.init).joined() + "\(first)\(check(digits + [first]))"
        guard let cpf = CPF(text) else { preconditionFailure("no CPF") }
        self = cpf
    }
}
