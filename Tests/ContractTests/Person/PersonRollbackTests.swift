import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@testable import Vault

/// Old and foreign values that somebody with the database in their hands puts in the place of the present ones.
@Suite("Values of base A that were moved or put back")
struct PersonRollbackTests {
    private static let cpfs: [CPF] = ["52998224725", "39053344705"].map { parse($0) }

    private static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    /// Two persons with two debts and a payment each, written, then copied aside, and written again.
    private struct Bureau {
        let place: PersonPlace
        let services: BureauServices
        let debts: [[RecordID]]

        init(_ driver: Driver<PersonPlace>) async throws {
            place = try await driver.makePlace()
            let profiles = try await Driver<ProfilePlace>.sqlite.makePlace().open()
            let events = try await Driver<EventPlace>.sqlite.makePlace().open()
            let policy = Policy([
                .owner: Policy.Grants(reads: [.creditProtection: Disclosures(plain: .all)], changes: .all)
            ])
            let vaultA = try Self.vault(.a)
            let actor = Actor(name: "test", role: .owner)
            services = BureauServices(
                persons: try await place.open(), profiles: profiles, events: events, vaultA: vaultA,
                vaultB: try Self.vault(.b), vaultC: try Self.vault(.c),
                control: AccessControl(policy: policy, actor: actor),
                trail: AuditTrail(
                    process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: .system,
                    journal: MemoryJournal()),
                log: AuditLog(
                    repository: MemoryPersons(), keys: vaultA.audit, journal: MemoryJournal(), witness: MemoryWitness()),
                models: ServedModels(champion: try Self.model()),
                stamps: .system, eventBody: { _, _ in [] }, readBody: { _ in nil })
            var debts: [[RecordID]] = []
            for cpf in cpfs {
                let person = Person(
                    cpf: cpf, name: "Marialva", surname: "Lima", birthDate: parse("1959-01-02"), phone: nil, email: nil,
                    address: Address(
                        postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
                        district: "Bela Vista", city: "São Paulo", state: .saoPaulo))
                let draft = PersonDraft(
                    person: person, debts: [Self.debt, Self.debt], access: Access(method: "person.create", groups: .all)
                )
                debts.append(try await services.persons.create([draft])[0].get().debtIDs)
            }
            self.debts = debts
            for index in 0...1 { try await pay(debts[index][0], of: index) }
            for table in ["person", "debt", "payment"] {
                try await place.tamper(["CREATE TABLE old_\(table) AS SELECT * FROM \(table)"])
            }
            for index in 0...1 {
                try await change(PersonPatch(surname: .set("Prado")), index)
                try await write(.update(debts[index][0], DebtPatch(amount: .set(Money(cents: 2)))), index)
                try await pay(debts[index][0], of: index, cents: 9)
            }
        }

        private static func model() throws -> ServedModel {
            let card = try Scorecard(
                model: "test", version: 1, basePoints: 0,
                characteristics: [
                    ScoredCharacteristic(
                        name: "income", baseline: 1, table: .bins([PointsBin(from: nil, to: nil, AttributePoints(1))]),
                        missing: MissingPoints(AttributePoints(1)))
                ])
            return try ServedModel(card, hash: [UInt8](repeating: 1, count: 32), canonical: [])
        }

        private static func vault(_ base: Base) throws -> BaseVault {
            func secret(_ byte: UInt8) -> SecretKey {
                SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
            }
            return try BaseVault(
                ring: #require(KeyRing(base: base, tokenSecret: secret(1), wrappingSecrets: [1: secret(2)])))
        }

        private static let debt = Debt(
            creditor: "Banco Exemplar", creditorCNPJ: parse("16727230000197"), amount: Money(cents: 642_950),
            annualInterestBasisPoints: 2400, dueDate: parse("2030-06-30"), status: .open)

        private func access(_ method: String) -> Access { Access(method: method, groups: .all) }

        func change(_ patch: PersonPatch, _ index: Int) async throws {
            _ = try await services.persons.update([
                SubjectWrite(cpf: cpfs[index], content: patch, expectedVersion: nil, access: access("person.update"))
            ])[0].get()
        }

        func write(_ edit: DebtEdit, _ index: Int) async throws {
            _ = try await services.debts.write([
                SubjectWrite(cpf: cpfs[index], content: edit, expectedVersion: nil, access: access("debt.update"))
            ])[0].get()
        }

        private func pay(_ debtID: RecordID, of index: Int, cents: Int64 = 5) async throws {
            let payment = Payment(
                paymentID: "1", dueDate: parse("2026-01-10"), amount: Money(cents: 10),
                paid: PaidAmount(day: parse("2026-01-09"), amount: Money(cents: cents)))
            _ = try await services.payments.record([
                SubjectWrite(
                    cpf: cpfs[index], content: PaymentEntry(debtID: debtID, payment: payment), expectedVersion: nil,
                    access: access("debt.recordPayment"))
            ])[0].get()
        }

        private func request(_ index: Int) -> SubjectRead {
            var access = access("person.get")
            access.purpose = .creditProtection
            return SubjectRead(cpf: cpfs[index], access: access)
        }

        /// Why each of the two persons cannot be read; nil for one who can.
        func failures() async -> [ServiceError?] {
            await services.persons.read([request(0), request(1)]).map(\.failure)
        }

        /// Why the payments of each person's first debt cannot be read; nil where they can.
        func paymentFailures() async -> [ServiceError?] {
            let requests = (0...1).map {
                PaymentsRequest(person: request($0), debtID: debts[$0][0], before: nil, limit: 10)
            }
            return await services.payments.list(requests).map(\.failure)
        }

        /// The token of a person, as SQL for both engines.
        func token(_ index: Int) async throws -> String {
            let vault = try Self.vault(.a)
            let token = vault.withSession { session in cpfs[index].withText { session.token(of: $0) } }
            let digits = token.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return digits
        }
    }

    /// What is done to the first person's rows; `@` stands for the token, and `#` for the identifier of the first debt.
    static let personChanges: [String] = [
        // Time: an old value, a whole old row, and each with the present version.
        "UPDATE person SET identity = (SELECT identity FROM old_person WHERE token = @) WHERE token = @",
        "UPDATE person SET address = (SELECT address FROM old_person WHERE token = @) WHERE token = @",
        """
        UPDATE person SET identity = (SELECT identity FROM old_person WHERE token = @),
            address = (SELECT address FROM old_person WHERE token = @),
            version = (SELECT version FROM old_person WHERE token = @),
            state = (SELECT state FROM old_person WHERE token = @) WHERE token = @
        """,
        "UPDATE person SET state = (SELECT state FROM old_person WHERE token = @) WHERE token = @",
        "UPDATE person SET state = NULL WHERE token = @",
        "UPDATE person SET version = version - 1 WHERE token = @",
        "UPDATE debt SET details = (SELECT details FROM old_debt WHERE debt_id = #) WHERE debt_id = #",
        """
        UPDATE debt SET details = (SELECT details FROM old_debt WHERE debt_id = #),
            version = (SELECT version FROM old_debt WHERE debt_id = #) WHERE debt_id = #
        """,
        "UPDATE debt SET version = version + 1 WHERE debt_id = #",
        "DELETE FROM debt WHERE debt_id = #",
        // Column, row, table.
        "UPDATE person SET identity = address WHERE token = @",
        "UPDATE person SET address = identity WHERE token = @",
        "UPDATE person SET address = NULL WHERE token = @",
        "UPDATE person SET identity = (SELECT details FROM debt WHERE debt_id = #) WHERE token = @",
        "UPDATE debt SET details = (SELECT identity FROM person WHERE token = @) WHERE debt_id = #",
        "UPDATE debt SET details = (SELECT details FROM payment WHERE debt_id = #) WHERE debt_id = #",
        "UPDATE debt SET details = (SELECT details FROM debt WHERE debt_id = $) WHERE debt_id = #",
        // Subject.
        "UPDATE person SET identity = (SELECT identity FROM person WHERE token <> @) WHERE token = @",
        "UPDATE person SET data_key = (SELECT data_key FROM person WHERE token <> @) WHERE token = @",
        "UPDATE person SET state = (SELECT state FROM person WHERE token <> @) WHERE token = @",
        "UPDATE debt SET details = (SELECT details FROM debt WHERE debt_id = %) WHERE debt_id = #",
    ]

    /// Fills the places of a statement in, in the form of the engine.
    private static func sql(_ text: String, _ bureau: Bureau, _ driver: Driver<PersonPlace>) async throws -> String {
        let isSQLite = driver.name == "SQLite"
        let token = try await bureau.token(0)
        func id(_ id: RecordID) -> String {
            isSQLite ? "x'\(id.text.filter { $0 != "-" })'" : "'\(id.text)'"
        }
        let places: [Character: String] = [
            "@": isSQLite ? "x'\(token)'" : "'\\x\(token)'", "#": id(bureau.debts[0][0]), "$": id(bureau.debts[0][1]),
            "%": id(bureau.debts[1][0]),
        ]
        return text.map { places[$0] ?? String($0) }.joined()
    }

    @Test(
        "a value of a person or debt that was moved or put back makes that person unreadable, and no other",
        arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        #expect(await bureau.failures() == [nil, nil])
        for table in ["person", "debt", "payment"] {
            try await bureau.place.tamper(["CREATE TABLE new_\(table) AS SELECT * FROM \(table)"])
        }
        for change in Self.personChanges {
            try await bureau.place.tamper([Self.sql(change, bureau, driver)])
            #expect(await bureau.failures() == [.unreadable(.a), nil], "\(change)")
            // The rows come back as they were, and open.
            for table in ["debt", "person"] { try await bureau.place.tamper(["DELETE FROM \(table)"]) }
            for table in ["person", "debt", "payment"] {
                try await bureau.place.tamper(["INSERT INTO \(table) SELECT * FROM new_\(table)"])
            }
            #expect(await bureau.failures() == [nil, nil], "\(change)")
        }
    }

    /// What is done to the payment of the first person's first debt.
    static let paymentChanges: [String] = [
        "UPDATE payment SET details = (SELECT details FROM old_payment WHERE debt_id = #) WHERE debt_id = #",
        "UPDATE payment SET version = version + 1 WHERE debt_id = #",
        "UPDATE payment SET position = position + 1 WHERE debt_id = #",
        "UPDATE payment SET details = (SELECT details FROM debt WHERE debt_id = #) WHERE debt_id = #",
        "UPDATE payment SET details = (SELECT details FROM payment WHERE debt_id = %) WHERE debt_id = #",
        "UPDATE payment SET payment_key = (SELECT payment_key FROM payment WHERE debt_id = %) WHERE debt_id = #",
    ]

    @Test("a payment's value that was moved or put back does not open", arguments: Driver<PersonPlace>.all)
    func payments(driver: Driver<PersonPlace>) async throws {
        for change in Self.paymentChanges {
            let bureau = try await Bureau(driver)
            #expect(await bureau.paymentFailures() == [nil, nil])
            try await bureau.place.tamper([Self.sql(change, bureau, driver)])
            #expect(await bureau.paymentFailures() == [.unreadable(.a), nil], "\(change)")
        }
    }

    @Test(
        "every write leaves a state that holds: of persons, debts that come, change and go",
        arguments: Driver<PersonPlace>.all)
    func writes(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        try await bureau.write(.remove(bureau.debts[0][1]), 0)
        #expect(await bureau.failures() == [nil, nil])
        try await bureau.write(.update(bureau.debts[0][0], DebtPatch(amount: .set(Money(cents: 3)))), 0)
        try await bureau.change(PersonPatch(name: .set("Ana"), address: .remove), 0)
        try await bureau.write(.remove(bureau.debts[0][0]), 0)
        #expect(await bureau.failures() == [nil, nil])
        // A second life goes on from the last version, and its state holds, too.
        let deletion = SubjectWrite(
            cpf: Self.cpfs[0], content: (), expectedVersion: nil,
            access: Access(method: "person.delete", groups: .all))
        _ = try await bureau.services.persons.delete([deletion])[0].get()
        let person = Person(
            cpf: Self.cpfs[0], name: "Marialva", surname: "Lima", birthDate: Self.parse("1959-01-02"), phone: nil,
            email: nil, address: nil)
        let draft = PersonDraft(person: person, debts: [], access: Access(method: "person.create", groups: .all))
        #expect(try await bureau.services.persons.create([draft])[0].get().version > 2)
        #expect(await bureau.failures() == [nil, nil])
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
