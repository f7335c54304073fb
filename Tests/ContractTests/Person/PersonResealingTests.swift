import Bureau
import MemoryStores
import Repositories
import Services
import Testing
import Vault

/// New data keys of persons, and of all that is sealed under them.
@Suite("New data keys of base A")
struct PersonResealingTests {
    @Test(
        "every value of a person is under the new key, nothing under the former one, and all is told as before",
        arguments: Driver<PersonPlace>.all)
    func everything(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
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
            #expect(after.person.times == before[index].person.times)
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
        let bureau = try await PersonBureau(driver)
        for index in 0...2 { try await bureau.fill(index) }
        struct Killed: Error {}
        await #expect(throws: Killed.self) { try await bureau.walk.run { _ in throw Killed() } }
        let open = try await bureau.store.resealingMark()
        #expect(open.generation == 2 && !open.isComplete)
        let keys = [try await bureau.record(0)?.dataKey, try await bureau.record(1)?.dataKey]
        let tally = try await bureau.walk.run()
        #expect(tally.total == 3 && tally.resealed == 0, "the page was done, and nothing is done twice")
        let after = [try await bureau.record(0)?.dataKey, try await bureau.record(1)?.dataKey]
        #expect(after == keys)
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 2))
        // One subject alone is ahead, and the next run reaches it, too.
        #expect(try await bureau.walk.reseal(PersonBureau.cpfs[0]) == .resealed(requestsLeft: 0))
        #expect(try await bureau.record(0)?.dataKey.generation == 3)
        #expect(try await bureau.walk.run().resealed == 3)
        #expect(try await bureau.record(0)?.dataKey.generation == 4)
        #expect(try await bureau.walk.reseal(PersonBureau.parse("15350946056")) == .nothingToDo)
    }

    @Test(
        "each encryption under a person's data key is counted in the person's row, payments in blocks",
        arguments: Driver<PersonPlace>.all)
    func counted(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        let debts = try await bureau.fill(0)
        func counts(_ expected: Int64, _ write: () async throws -> Void) async throws {
            let before = try #require(try await bureau.record(0)).encryptions
            try await write()
            #expect(try await bureau.record(0)?.encryptions == before + expected)
        }
        try await counts(4) { _ = try await bureau.change(0, "Ana") }
        #expect(try await bureau.store.highestEncryptionCount() == bureau.record(0)?.encryptions)
        try await counts(3) { _ = try await bureau.add(0) }
        try await counts(0) { try await bureau.pay(debts[0], "2", 0) }
        try await counts(64) { try await bureau.pay(debts[1], "1", 0) }
        try await counts(1) { try await bureau.pay(debts[1], "1", 0, cents: 9) }
        try await counts(1) { try await bureau.grant("Loja", 0) }
        try await counts(1) { try await bureau.ask(0) }
        try await counts(1) {
            _ = try await bureau.services.rights.cancel([bureau.write((), 0, "cadastro.cancel", duty: .rights)])[0]
                .get()
        }
        try await counts(3) {
            let edit = DebtEdit.update(debts[0], DebtPatch(amount: .set(Money(cents: 3))))
            _ = try await bureau.services.debts.write([bureau.write(edit, 0, "debt.update")])[0].get()
        }
        try await counts(3) {
            _ = try await bureau.services.debts.write([bureau.write(DebtEdit.remove(debts[0]), 0, "debt.remove")])[0]
                .get()
        }
        #expect(try await bureau.walk.run().resealed == 1)
        // Two debts are left, with a payment and 64 ahead for each; two consents and three requests.
        #expect(try await bureau.record(0)?.encryptions == 139)
    }

    @Test("a value from before the new data key, put back, opens nowhere", arguments: Driver<PersonPlace>.all)
    func putBack(driver: Driver<PersonPlace>) async throws {
        let changes = [
            "UPDATE person SET identity = (SELECT identity FROM old_person)",
            "UPDATE person SET address = (SELECT address FROM old_person)",
            "UPDATE person SET state = (SELECT state FROM old_person)",
            "UPDATE person SET data_key = (SELECT data_key FROM old_person)",
            """
            UPDATE person SET data_key = (SELECT data_key FROM old_person),
                identity = (SELECT identity FROM old_person), address = (SELECT address FROM old_person),
                state = (SELECT state FROM old_person)
            """,
            "UPDATE debt SET details = (SELECT details FROM old_debt WHERE old_debt.debt_id = debt.debt_id)",
            "UPDATE payment SET details = (SELECT details FROM old_payment)",
            "UPDATE consent SET details = (SELECT details FROM old_consent)",
        ]
        let bureau = try await PersonBureau(driver)
        try await bureau.fill(0)
        let tables = ["person", "debt", "payment", "consent"]
        for table in tables { try await bureau.place.tamper(["CREATE TABLE old_\(table) AS SELECT * FROM \(table)"]) }
        #expect(try await bureau.walk.run().resealed == 1)
        for table in tables { try await bureau.place.tamper(["CREATE TABLE new_\(table) AS SELECT * FROM \(table)"]) }
        for change in changes {
            try await bureau.place.tamper([change])
            await #expect(throws: ServiceError.unreadable(.a), "\(change)") { try await bureau.told(0) }
            let table = String(change.split(separator: " ")[1])
            let key = table == "debt" ? " WHERE new_debt.debt_id = debt.debt_id" : ""
            let columns = table == "person" ? ["data_key", "identity", "address", "state"] : ["details"]
            let back = columns.map { "\($0) = (SELECT \($0) FROM new_\(table)\(key))" }.joined(separator: ", ")
            try await bureau.place.tamper(["UPDATE \(table) SET \(back)"])
            _ = try await bureau.told(0)
        }
    }

    @Test("nothing is written of a subject of which anything has changed", arguments: Driver<PersonPlace>.all)
    func conditional(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        let debts = try await bureau.fill(0)
        let changes: [@Sendable (PersonBureau) async throws -> Void] = [
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
            let bureau = try await PersonBureau(driver)
            for index in 0...1 { try await bureau.fill(index) }
            try await bureau.place.tamper([damage])
            let tally = try await bureau.walk.run()
            #expect(tally.unreadable == 1 && tally.resealed == 1, "\(damage)")
            #expect(try await bureau.record(1)?.dataKey.generation == 2, "\(damage)")
            #expect(tally.failed == [bureau.token(0)], "\(damage)")
            // The next run does what is left alone, unless all is to be done anew.
            let again = try await bureau.walk.run()
            #expect(again.unreadable == 1 && again.resealed == 0, "\(damage)")
            let beginning = try await bureau.walk.begin(anew: true)
            #expect(try await bureau.walk.resealAll(from: beginning).resealed == 1, "\(damage)")
            #expect(try await bureau.record(1)?.dataKey.generation == 3, "\(damage)")
        }
    }

    @Test("what a damaged key says of its generation counts for nothing", arguments: Driver<PersonPlace>.all)
    func damagedGeneration(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        for index in 0...1 { try await bureau.fill(index) }
        let key = try #require(try await bureau.record(0)).dataKey
        var bytes = key.bytes
        bytes.replaceSubrange(5..<9, with: [0xFF, 0xFF, 0xFF, 0xFE])
        let damaged = WrappedDataKey(bytes)
        let generation = try #require(WrappedDataKey(bytes).generation)
        try #require(generation > 2, "the header was met")
        let isDamaged = try await bureau.store.rewrap([
            DataKeyRewrap(token: bureau.token(0), former: key, rewrapped: damaged)
        ])
        #expect(isDamaged == [true])
        #expect(try await bureau.walk.reseal(PersonBureau.cpfs[0]) == .unreadable)
        #expect(try await bureau.store.resealingMark() == ResealingMark(generation: 1))
        let tally = try await bureau.walk.run()
        #expect(tally.unreadable == 1 && tally.resealed == 1 && tally.failed == [bureau.token(0)])
        #expect(try await bureau.record(1)?.dataKey.generation == 2)
    }

    @Test("a person with thousands of payments is written within the store's time", arguments: Driver<PersonPlace>.all)
    func manyPayments(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        let debts = try await bureau.fill(0)
        // Keys of payments are the same bytes in both stores; what is sealed is replaced as it is.
        try await bureau.place.tamper([
            """
            INSERT INTO payment (\(driver.name == "SQLite" ? "person" : "token"), debt_id, payment_key, position, version,
                details, created_at, updated_at)
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 6000)
            SELECT \(driver.name == "SQLite" ? "person" : "token"), debt_id,
                \(driver.name == "SQLite" ? "randomblob(16)" : "md5(n::text)::uuid"), n, version, details, created_at,
                updated_at
            FROM payment, number
            """
        ])
        let read = try await bureau.sealed(0)
        #expect(read.parts.payments.count == 6001 && read.parts.payments.allSatisfy { $0.debtID == debts[0] })
        var reseal = read.reseal
        for index in reseal.parts.payments.indices {
            reseal.parts.payments[index].details = Sample.sealed(index)
        }
        #expect(try await bureau.store.reseal([reseal]) == [true])
        let written = try await bureau.sealed(0).parts.payments
        #expect(Set(written) == Set(reseal.parts.payments))
    }

    @Test("a store that has lost its mark gets younger keys all the same", arguments: Driver<PersonPlace>.all)
    func lostMark(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        try await bureau.fill(0)
        for _ in 0..<3 { _ = try await bureau.walk.run() }
        #expect(try await bureau.record(0)?.dataKey.generation == 4)
        let mark = try await bureau.store.resealingMark()
        #expect(try await bureau.store.setResealingMark(ResealingMark(), from: mark))
        #expect(try await bureau.walk.run().resealed == 1)
        #expect(try await bureau.record(0)?.dataKey.generation == 5)
    }

    @Test("requests from before a deletion stay as they are", arguments: Driver<PersonPlace>.all)
    func formerLife(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
        try await bureau.fill(0)
        _ = try await bureau.services.persons.delete([bureau.write((), 0, "person.delete")])[0].get()
        try await bureau.fill(0)
        let before = try await bureau.sealed(0)
        #expect(before.parts.requests.count == 2)
        let tally = try await bureau.walk.run()
        #expect(tally.resealed == 1 && tally.unreadable == 0 && tally.requestsLeft == 1)
        let after = try await bureau.sealed(0)
        let same = after.parts.requests.filter { before.parts.requests.contains($0) }
        #expect(same.count == 1, "the one that nobody opens any more")
    }

    @Test(
        "no call fails while data keys are replaced under it, and all opens at the end",
        arguments: Driver<PersonPlace>.all)
    func beside(driver: Driver<PersonPlace>) async throws {
        let bureau = try await PersonBureau(driver)
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
