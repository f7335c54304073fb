import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@testable import Vault

/// New data keys of persons, and of all that is sealed under them.
@Suite("New data keys of base A")
struct PersonResealingTests {
    private static let cpfs: [CPF] = ["52998224725", "39053344705", "11144477735"].map { parse($0) }

    private static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    /// Persons with debts, payments, a consent and a request each.
    private struct Bureau: Sendable {
        let place: PersonPlace
        let store: any PersonRepository
        let services: BureauServices
        let vault: BaseVault
        var walk: ResealingWalk { ResealingWalk(vault: vault, persons: store) }

        init(_ driver: Driver<PersonPlace>) async throws {
            place = try await driver.makePlace()
            store = try await place.open()
            let vaultA = try Self.vault(.a)
            vault = vaultA
            let disclosures = Disclosures(plain: .all)
            let policy = Policy([
                .owner: Policy.Grants(
                    reads: [.creditProtection: disclosures, .dataSubjectRequest: disclosures], changes: .all,
                    duties: [.rights])
            ])
            let actor = Actor(name: "test", role: .owner)
            services = BureauServices(
                persons: store, profiles: MemoryProfiles(), events: MemoryEvents(), vaultA: vaultA,
                vaultB: try Self.vault(.b), vaultC: try Self.vault(.c),
                control: AccessControl(policy: policy, actor: actor),
                trail: AuditTrail(
                    process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: .system,
                    journal: MemoryJournal()),
                log: AuditLog(
                    repository: MemoryPersons(), keys: vaultA.audit, journal: MemoryJournal(), witness: MemoryWitness()),
                models: ServedModels(champion: try Self.model()),
                stamps: .system, eventBody: { _, _ in [] }, readBody: { _ in nil })
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

        func token(_ index: Int) -> SubjectToken {
            vault.withSession { session in cpfs[index].withText { session.token(of: $0) } }
        }

        func access(_ method: String, _ purpose: Purpose? = nil, duty: Duty? = nil) -> Access {
            Access(method: method, purpose: purpose, groups: .all, duty: duty)
        }

        func write<Content>(_ content: Content, _ index: Int, _ method: String, duty: Duty? = nil) -> SubjectWrite<
            Content
        > {
            SubjectWrite(
                cpf: cpfs[index], content: content, expectedVersion: nil,
                access: access(method, duty == nil ? nil : .dataSubjectRequest, duty: duty))
        }

        /// Creates a person with two debts, a payment, a consent and a request.
        @discardableResult
        func fill(_ index: Int) async throws -> [RecordID] {
            let person = Person(
                cpf: cpfs[index], name: "Marialva", surname: "Lima", birthDate: parse("1959-01-02"), phone: nil,
                email: nil,
                address: Address(
                    postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
                    district: "Bela Vista", city: "São Paulo", state: .saoPaulo))
            let draft = PersonDraft(
                person: person, debts: [PersonResealingTests.debt, PersonResealingTests.debt],
                access: access("person.create"))
            let debts = try await services.persons.create([draft])[0].get().debtIDs
            try await pay(debts[0], "1", index)
            try await grant("Banco Exemplar", index)
            try await ask(index)
            return debts
        }

        func pay(_ debtID: RecordID, _ number: String, _ index: Int, cents: Int64 = 5) async throws {
            let payment = Payment(
                paymentID: number, dueDate: parse("2026-01-10"), amount: Money(cents: 10),
                paid: PaidAmount(day: parse("2026-01-09"), amount: Money(cents: cents)))
            _ = try await services.payments.record([
                write(PaymentEntry(debtID: debtID, payment: payment), index, "debt.recordPayment")
            ])[0].get()
        }

        func grant(_ requester: String, _ index: Int) async throws {
            let grant = ConsentGrant(requester: requester, purpose: .creditProtection)
            _ = try await services.rights.grant([write(grant, index, "consent.grant", duty: .rights)])[0].get()
        }

        /// Asks for a correction, which leaves sealed details.
        func ask(_ index: Int) async throws {
            let correction = Correction(requestID: nil, action: .open(note: "Meu nome"))
            _ = try await services.rights.correct([write(correction, index, "subject.correct", duty: .rights)])[0].get()
        }

        func change(_ index: Int, _ name: String) async throws -> Int64 {
            try await services.persons.update([write(PersonPatch(name: .set(name)), index, "person.update")])[0].get()
                .version
        }

        func add(_ index: Int) async throws -> RecordID {
            try await services.debts.write([write(DebtEdit.add(PersonResealingTests.debt), index, "debt.add")])[0]
                .get().debtIDs[0]
        }

        /// All that base A gives out of a person, as text.
        func told(_ index: Int) async throws -> String {
            let read = SubjectRead(cpf: cpfs[index], access: access("person.get", .dataSubjectRequest, duty: .rights))
            let view = try await services.persons.read([read])[0].get().value
            let person = view.person
            var text = "\(person.cpf.text) \(person.name) \(person.surname ?? "-") \(person.birthDate.text) "
            text += "\(person.address?.street ?? "-") \(view.version) \(view.createdAt) \(view.updatedAt)"
            for debt in view.debts {
                text += " \(debt.debtID) \(debt.debt.creditor) \(debt.debt.amount.cents) \(debt.version)"
                let page = PaymentsRequest(person: read, debtID: debt.debtID, before: nil, limit: 10)
                for payment in try await services.payments.list([page])[0].get().value.page.items {
                    text +=
                        " \(payment.payment.paymentID) \(payment.payment.paid?.amount.cents ?? 0) \(payment.version)"
                }
            }
            let page = PageRequest<RecordID>(cpf: cpfs[index], access: read.access, before: nil, limit: 50)
            for consent in try await services.rights.consents([page])[0].get().items {
                text += " \(consent.requester) \(consent.grantedAt)"
            }
            let due = DueRequest(
                access: access("subject.requests", .dataSubjectRequest, duty: .rights), state: .all, after: nil,
                limit: 100)
            for request in try await services.rights.requests([due])[0].get().items where request.cpf == cpfs[index] {
                text += " \(request.note ?? "-")"
            }
            return text
        }

        func record(_ index: Int) async throws -> PersonRecord? {
            try await store.read([token(index)], audit: [])[0]
        }

        func sealed(_ index: Int) async throws -> SealedSubject {
            SealedSubject(
                person: try #require(try await record(index)), parts: try await store.sealedParts(of: [token(index)])[0]
            )
        }
    }

    private struct SealedSubject {
        var person: PersonRecord
        var parts: SealedParts

        var values: [Sealed] {
            [person.identity, person.address, person.state].compactMap(\.self) + person.debts.map(\.details)
                + parts.payments.map(\.details) + parts.consents.map(\.details) + parts.requests.map(\.details)
        }

        /// What a store is asked for to have these values under another key; the sealed values are no real ones.
        var reseal: SubjectReseal {
            var new = person
            new.dataKey = Sample.dataKey(77)
            new.identity = Sample.sealed(70)
            return SubjectReseal(former: person, formerParts: parts, person: new, parts: parts)
        }
    }

    private static let debt = Debt(
        creditor: "Banco Exemplar", creditorCNPJ: parse("16727230000197"), amount: Money(cents: 642_950),
        annualInterestBasisPoints: 2400, dueDate: parse("2030-06-30"), status: .open)

    @Test(
        "every value of a person is under the new key, nothing under the former one, and all is told as before",
        arguments: Driver<PersonPlace>.all)
    func everything(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        for index in 0...1 { try await bureau.fill(index) }
        _ = try await bureau.change(1, "Ana")
        let told = [try await bureau.told(0), try await bureau.told(1)]
        #expect(told[0].contains("Marialva") && told[0].contains("Meu nome") && told[0].contains("Banco Exemplar"))
        let before = [try await bureau.sealed(0), try await bureau.sealed(1)]
        let tally = try await bureau.walk.run()
        #expect(tally.total == 2 && tally.resealed == 2 && tally.unreadable == 0 && tally.contended == 0)
        for index in 0...1 {
            let after = try await bureau.sealed(index)
            #expect(after.person.dataKey.generation == 2)
            #expect(before[index].values.count == after.values.count && after.values.count == 8)
            #expect(Set(before[index].values).isDisjoint(with: after.values))
            #expect(after.person.version == before[index].person.version)
            #expect(after.person.updatedAt == before[index].person.updatedAt)
            #expect(try await bureau.told(index) == told[index])
        }
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
        #expect(try await bureau.change(0, "Lia") == before[0].person.version + 1)
        // Once more, with one who is new, whose key is of the first generation.
        try await bureau.fill(2)
        #expect(try await bureau.walk.run().resealed == 3)
        for index in 0...2 { #expect(try await bureau.record(index)?.dataKey.generation == 3) }
    }

    @Test("a run after one that did not end does what is left", arguments: Driver<PersonPlace>.all)
    func resumed(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        for index in 0...2 { try await bureau.fill(index) }
        struct Killed: Error {}
        await #expect(throws: Killed.self) { try await bureau.walk.run { _ in throw Killed() } }
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2, isComplete: false))
        let keys = [try await bureau.record(0)?.dataKey, try await bureau.record(1)?.dataKey]
        let tally = try await bureau.walk.run()
        #expect(tally.total == 3 && tally.resealed == 0, "the page was done, and nothing is done twice")
        let after = [try await bureau.record(0)?.dataKey, try await bureau.record(1)?.dataKey]
        #expect(after == keys)
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
        // One subject alone is ahead, and the next run reaches it, too.
        #expect(try await bureau.walk.reseal(Self.cpfs[0]) == .resealed)
        #expect(try await bureau.record(0)?.dataKey.generation == 3)
        #expect(try await bureau.walk.run().resealed == 3)
        #expect(try await bureau.record(0)?.dataKey.generation == 4)
        #expect(try await bureau.walk.reseal(Self.parse("15350946056")) == .nothingToDo)
    }

    @Test("nothing is written of a subject of which anything has changed", arguments: Driver<PersonPlace>.all)
    func conditional(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        let debts = try await bureau.fill(0)
        let changes: [@Sendable (Bureau) async throws -> Void] = [
            { _ = try await $0.change(0, "Ana") }, { _ = try await $0.add(0) }, { try await $0.pay(debts[0], "2", 0) },
            { try await $0.pay(debts[0], "1", 0, cents: 7) }, { try await $0.grant("Loja", 0) },
            { try await $0.ask(0) },
            { bureau in
                _ = try await bureau.services.rights.cancel([
                    bureau.write((), 0, "cadastro.cancel", duty: .rights)
                ])[0].get()
            },
            { bureau in
                let tally = try await bureau.walk.run()
                #expect(tally.resealed == 1)
            },
        ]
        for (number, change) in changes.enumerated() {
            let read = try await bureau.sealed(0)
            try await change(bureau)
            let present = try await bureau.sealed(0)
            #expect(try await bureau.store.reseal([read.reseal]) == [false], "\(number)")
            #expect(try await bureau.sealed(0).values == present.values, "\(number)")
        }
        let read = try await bureau.sealed(0)
        #expect(try await bureau.store.reseal([read.reseal]) == [true])
        #expect(try await bureau.record(0)?.identity == Sample.sealed(70))
    }

    @Test("a subject with a value that does not open keeps its key, and the others get one")
    func unreadable() async throws {
        let driver = Driver<PersonPlace>.sqlite
        for damage in [
            "UPDATE payment SET version = version + 1 WHERE person = 1",
            "UPDATE consent SET details = (SELECT details FROM consent WHERE person = 2) WHERE person = 1",
            "UPDATE person SET identity = x'02' WHERE id = 1", "UPDATE person SET data_key = x'00' WHERE id = 1",
            "UPDATE person SET state = NULL WHERE id = 1", "UPDATE debt SET details = x'' WHERE person = 1",
            "UPDATE person SET created_at = -9223372036854775808 WHERE id = 1",
        ] {
            let bureau = try await Bureau(driver)
            for index in 0...1 { try await bureau.fill(index) }
            try await bureau.place.tamper([damage])
            let tally = try await bureau.walk.run()
            #expect(tally.unreadable == 1 && tally.resealed == 1, "\(damage)")
            #expect(try await bureau.record(1)?.dataKey.generation == 2, "\(damage)")
        }
    }

    @Test("requests from before a deletion stay as they are", arguments: Driver<PersonPlace>.all)
    func formerLife(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        try await bureau.fill(0)
        _ = try await bureau.services.persons.delete([bureau.write((), 0, "person.delete")])[0].get()
        try await bureau.fill(0)
        let before = try await bureau.sealed(0)
        #expect(before.parts.requests.count == 2)
        let tally = try await bureau.walk.run()
        #expect(tally.resealed == 1 && tally.unreadable == 0)
        let after = try await bureau.sealed(0)
        let same = after.parts.requests.filter { before.parts.requests.contains($0) }
        #expect(same.count == 1, "the one that nobody opens any more")
    }

    @Test(
        "no call fails while data keys are replaced under it, and all opens at the end",
        arguments: Driver<PersonPlace>.all)
    func beside(driver: Driver<PersonPlace>) async throws {
        let bureau = try await Bureau(driver)
        var debts: [[RecordID]] = []
        for index in 0...2 { debts.append(try await bureau.fill(index)) }
        let first = debts.map { $0[0] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0...2 {
                group.addTask {
                    for number in 0..<10 {
                        _ = try await bureau.change(index, number % 2 == 0 ? "Ana" : "Lia")
                        try await bureau.pay(first[index], "\(number)", index, cents: Int64(number + 1))
                        try await bureau.grant("Loja \(number)", index)
                        try await bureau.ask(index)
                        _ = try await bureau.add(index)
                    }
                }
                group.addTask { for _ in 0..<15 { _ = try await bureau.told(index) } }
            }
            group.addTask {
                for _ in 0..<8 {
                    let tally = try await bureau.walk.run()
                    #expect(tally.unreadable == 0 && tally.contended == 0)
                }
            }
            try await group.waitForAll()
        }
        for index in 0...2 {
            let told = try await bureau.told(index)
            #expect(told.contains("Loja 9"))
            let parts = try await bureau.sealed(index).parts
            #expect(parts.payments.count == 10 && parts.consents.count == 11 && parts.requests.count == 11)
        }
    }
}
