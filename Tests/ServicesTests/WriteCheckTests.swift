import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("Former copies of records, by the audit log")
struct WriteCheckTests {
    let bureau: TestBureau

    init() async throws {
        bureau = try TestBureau()
        let indices = [0, 1, 2]
        let created = await bureau.services.persons.create(indices.map { Sample.draft($0, debts: [Sample.debt]) })
        for (index, person) in zip(indices, created) { try await pay(try #require(person.get().debtIDs.first), index) }
        _ = await bureau.services.profiles.put(indices.map { SubjectWrite(Sample.profile($0), of: $0) })
    }

    private func pay(_ debtID: RecordID, _ index: Int, cents: Int64 = 5) async throws {
        let payment = Payment(
            paymentID: "1", dueDate: Sample.parse("2026-01-10"), amount: Money(cents: 10),
            paid: PaidAmount(day: Sample.parse("2026-01-09"), amount: Money(cents: cents)))
        let entry = PaymentEntry(debtID: debtID, payment: payment)
        _ = try await bureau.services.payments.record([SubjectWrite(entry, of: index)])[0].get()
    }

    private func update(_ index: Int, _ name: String = "Ana") async {
        let patch = PersonPatch(name: .set(name))
        #expect(await bureau.services.persons.update([SubjectWrite(patch, of: index)])[0].failure == nil)
    }

    private func check(most: Int = 1000) throws -> WriteCheck {
        var check = try #require(bureau.services.erasures.writes)
        check.most = most
        check.carrying = .zero
        return check
    }

    private func findings(most: Int = 1000, accepting: Bool = false) async throws -> WriteFindings {
        try await check(most: most).findings(accepting: accepting)
    }

    private func token(_ index: Int, _ base: Base) throws -> SubjectToken {
        try bureau.token(Sample.cpfs[index], in: base)
    }

    @Test("nothing is found where only daemons wrote, however little is held at once", arguments: [1, 2, 1000])
    func clean(most: Int) async throws {
        await update(0)
        let write = SubjectWrite<Void>((), of: 1)
        #expect(await bureau.services.persons.delete([write])[0].failure == nil)
        #expect(await bureau.services.profiles.delete([write])[0].failure == nil)
        _ = await bureau.services.persons.create([Sample.draft(1)])
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        let debtID = try #require(await bureau.persons.records[token(0, .a)]?.debts.first?.debtID)
        #expect(await bureau.services.debts.write([SubjectWrite(.remove(debtID), of: 0)])[0].failure == nil)
        #expect(try await findings(most: most) == WriteFindings())
    }

    @Test("a whole person who is put back is found, and no other", arguments: [1, 1000])
    func person(most: Int) async throws {
        let token = try token(0, .a)
        let former = try #require(await bureau.persons.records[token])
        await update(0)
        await update(1)
        await bureau.persons.damage(token) { $0 = former }
        #expect(await bureau.services.persons.read([Sample.request(0)])[0].failure == nil, "the read cannot know")
        #expect(try await findings(most: most).putBack == [.a: 1])
        // Whoever writes on the former copy leaves the trace of it.
        await update(0, "Eva")
        #expect(try await findings(most: most).putBack == [.a: 1])
        #expect(try await findings(accepting: true).putBack == [.a: 1])
        #expect(try await findings() == WriteFindings())
        await update(0, "Ana")
        #expect(try await findings() == WriteFindings())
    }

    @Test("a deletion that did not take place hides no removal")
    func failedDeletion() async throws {
        let deletion = SubjectWrite<Void>((), of: 0, expecting: 99)
        #expect(await bureau.services.profiles.delete([deletion])[0].failure != nil)
        #expect(try await findings() == WriteFindings())
        try await bureau.profiles.erase([token(0, .b)])
        #expect(try await findings().removed == [.b: 1])
    }

    @Test("a payment that is put back is found, and one that is gone")
    func payment() async throws {
        let debts = try await [0, 1].asyncMap { index in
            try #require(await bureau.persons.records[try token(index, .a)]?.debts.first?.debtID)
        }
        let former = try #require(await bureau.persons.paymentsOf(debts[0]).first)
        for index in [0, 1] { try await pay(debts[index], index, cents: 7) }
        #expect(try await findings() == WriteFindings())
        await bureau.persons.damagePayments(of: debts[0]) { $0 = former }
        #expect(try await findings().putBack == [.a: 1])
        await bureau.persons.removePayments(of: debts[1])
        let found = try await findings()
        #expect(found.putBack == [.a: 1] && found.removed == [.a: 1])
    }

    @Test("a person who is gone is found, and one who is back after a deletion", arguments: [1, 1000])
    func removed(most: Int) async throws {
        let former = try #require(await bureau.persons.records[token(1, .a)])
        try await bureau.persons.erase([token(0, .a)])
        _ = await bureau.services.persons.delete([SubjectWrite<Void>((), of: 1)])
        await bureau.persons.putBack(former)
        let found = try await findings(most: most)
        #expect(found.removed == [.a: 2] && found.putBack == [.a: 1] && found.newer == [:], "and a payment")
    }

    @Test("a profile that is put back is found by its version, and by its content under a higher one")
    func profile() async throws {
        let tokens = try [0, 1].map { try token($0, .b) }
        let former = try await bureau.profiles.read(tokens).map { try #require(try $0.get()).content }
        _ = await bureau.services.profiles.put([0, 1, 2].map { SubjectWrite(Sample.profile($0), of: $0) })
        #expect(try await findings() == WriteFindings())
        try await bureau.profiles.erase([tokens[0]])
        _ = try await bureau.profiles.put(former.map { ProfilePut(content: $0, expectedVersion: nil, at: .first) })
        #expect(try await findings().putBack == [.b: 2])
        try await bureau.profiles.erase([tokens[0]])
        #expect(try await findings(accepting: true).removed == [.b: 1])
        #expect(try await findings() == WriteFindings())
    }

    @Test("a profile whose daemon did not tell its write is newer than the log, which is no difference")
    func newer() async throws {
        let (own, other) = (try token(0, .b), try token(1, .b))
        var content = try #require(await bureau.profiles.read([other])[0].get()).content
        content.token = own
        // A content that the log has under no name of this subject.
        _ = try await bureau.profiles.put([ProfilePut(content: content, expectedVersion: nil, at: .first)])
        let found = try await findings()
        #expect(found.newer == [.b: 1] && found.putBack == [:])
    }

    @Test("records of base B count by their versions, in whatever order journals were carried")
    func carried() throws {
        let token = try token(0, .b)
        func line(_ state: WriteMark.State, second: Int64, isAcceptance: Bool = false) -> [UInt8] {
            WriteRecord(
                recordID: RecordID(high: 0, low: UInt64(second)), at: Instant(secondsSinceEpoch: second), base: .b,
                isAcceptance: isAcceptance, marks: [WriteMark(token: token, state: state)]
            ).line
        }
        func state(_ lines: [UInt8]...) -> WriteMark.State? {
            var ledger = WriteLedger(octets: 0..<256, most: 10)
            for each in lines { ledger.add(line: each) }
            return ledger.take(WriteLedger.Name(base: .b, token: token, row: .subject))?.state
        }
        let (five, six) = (WriteMark.State.present(mark: 5, version: 5), WriteMark.State.present(mark: 6, version: 6))
        #expect(state(line(six, second: 2), line(five, second: 1)) == six)
        #expect(state(line(.absent(version: 6), second: 3), line(six, second: 2)) == .absent(version: 6))
        #expect(state(line(six, second: 2), line(five, second: 3, isAcceptance: true)) == five)
        // The clock of a daemon says nothing.
        #expect(state(line(five, second: 3, isAcceptance: true), line(six, second: 2)) == six)
        let anew = WriteMark.State.resealed(mark: 7, version: 5, generation: 2)
        #expect(state(line(anew, second: 2), line(five, second: 1)) == anew)
        #expect(state(line(anew, second: 2), line(six, second: 1)) == six)
        #expect(state(line(.absent(version: 5), second: 1), line(anew, second: 2)) == .absent(version: 5))
    }

    @Test("what was accepted may be told later by its own daemon, and by no other")
    func acceptedFirst() throws {
        let token = try token(0, .b)
        func hasGoneBack(_ later: WriteMark.State...) -> Bool? {
            var ledger = WriteLedger(octets: 0..<256, most: 10)
            let accepted = WriteMark.State.present(mark: 2, version: 2)
            for (index, state) in ([accepted] + later).enumerated() {
                ledger.add(
                    line: WriteRecord(
                        recordID: RecordID(high: 0, low: UInt64(index)), at: .first, base: .b,
                        isAcceptance: index == 0, marks: [WriteMark(token: token, state: state)]
                    ).line)
            }
            return ledger.take(WriteLedger.Name(base: .b, token: token, row: .subject))?.hasGoneBack
        }
        let three = WriteMark.State.present(mark: 3, version: 3)
        #expect(hasGoneBack(three, .present(mark: 2, version: 2)) == false)
        #expect(hasGoneBack(three, .present(mark: 9, version: 2)) == true)
    }

    @Test("a deleted person who is put back and written on leaves the trace of it")
    func writtenAfterDeletion() async throws {
        let former = try #require(await bureau.persons.records[token(1, .a)])
        _ = await bureau.services.persons.delete([SubjectWrite<Void>((), of: 1)])
        await bureau.persons.putBack(former)
        await update(1)
        #expect(try await findings().putBack == [.a: 1])
        let write = SubjectWrite<Void>((), of: 0)
        _ = await bureau.services.persons.delete([write])
        _ = await bureau.services.persons.create([Sample.draft(0)])
        await update(0)
        #expect(try await findings().putBack == [.a: 1], "a person who was created again is no former one")
    }

    @Test("a person or a payment that is put back and sealed anew leaves the trace of it, and no other does")
    func sealedAnew() async throws {
        let former = try #require(await bureau.persons.records[token(1, .a)])
        await update(1)
        try await walk()
        #expect(try await findings() == WriteFindings())
        await bureau.persons.putBack(former)
        #expect(try await findings().putBack == [.a: 1])
        try await walk()
        #expect(try await findings().putBack == [.a: 1])
        await update(1, "Eva")
        #expect(try await findings().putBack == [.a: 1])
        #expect(try await findings(accepting: true).putBack == [.a: 1])
        try await walk()
        #expect(try await findings() == WriteFindings())
    }

    private func walk() async throws {
        _ = try await ResealingWalk(vault: bureau.services.persons.vault, persons: bureau.persons).run()
    }

    @Test("a version of a profile that is told twice was written on a former copy, in whatever order journals come")
    func toldTwice() throws {
        let token = try token(0, .b)
        func hasGoneBack(_ states: WriteMark.State...) -> Bool? {
            var ledger = WriteLedger(octets: 0..<256, most: 10)
            for (index, state) in states.enumerated() {
                ledger.add(
                    line: WriteRecord(
                        recordID: RecordID(high: 0, low: UInt64(index)), at: .first, base: .b,
                        marks: [WriteMark(token: token, state: state)]
                    ).line)
            }
            return ledger.take(WriteLedger.Name(base: .b, token: token, row: .subject))?.hasGoneBack
        }
        func put(_ version: Int64, _ mark: UInt64) -> WriteMark.State { .present(mark: mark, version: version) }
        for count in 1...6 as ClosedRange<Int64> {
            let versions = Array(1...count)
            let isEven = { (version: Int64) in version % 2 == 0 }
            let mixed = versions.filter(isEven) + versions.filter { !isEven($0) }
            let orders = [versions, versions.reversed(), mixed]
            for order in orders {
                var ledger = ToldVersions(nil)
                #expect(order.allSatisfy { ledger.add($0) }, "each comes once")
                #expect(order.allSatisfy { !ledger.add($0) }, "and is known then")
            }
        }
        #expect(hasGoneBack(put(1, 1), put(2, 2), put(3, 3)) == false)
        #expect(hasGoneBack(put(3, 3), put(1, 1), put(2, 2)) == false)
        #expect(hasGoneBack(put(1, 1), put(2, 2), put(3, 3), put(2, 9)) == true)
        #expect(hasGoneBack(put(2, 9), put(3, 3), put(2, 2)) == true)
        #expect(hasGoneBack(put(3, 3), put(3, 9)) == true)
        #expect(hasGoneBack(put(1, 1), .absent(version: 1), put(2, 2)) == false)
        // What was sealed anew may be told before the write of it.
        let anew = WriteMark.State.resealed(mark: 7, version: 2, generation: 2)
        #expect(hasGoneBack(anew, put(2, 2), put(3, 3)) == false)
        #expect(hasGoneBack(anew, put(2, 2), put(2, 9)) == true)
        #expect(hasGoneBack(put(2, 2), .resealed(mark: 3, version: 2, generation: 2), put(3, 4)) == false)
        #expect(hasGoneBack(put(1, 1), put(900, 2), put(3, 3), put(2, 4)) == false, "most journals are yet to come")
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ work: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await work(element)) }
        return results
    }
}
