import Bureau
import Repositories
import Testing

@Suite("Base A: subjects under other tokens")
struct PersonRenamingTests {
    @Test(
        "all that is kept of a subject is found under the new token, and nothing under the former one",
        arguments: Driver<PersonPlace>.all)
    func everything(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        for subject in 1...2 { try await store.fill(Sample.token(subject), subject) }
        let before = [
            try await store.kept(under: Sample.token(1)), try await store.kept(under: Sample.token(2)),
        ]
        #expect(before[0].person?.debts.count == 2 && before[0].payments.count == 1 && before[0].consents.count == 1)
        #expect(before[0].requests.count == 2 && before[0].cadastro?.isCancelled == true && before[0].isBlocked)
        #expect(before[0].receipts[0] != nil && before[0].remains)
        for _ in 0...1 {
            try await store.rename([Sample.rename(1), Sample.rename(9)])
            #expect(try await store.kept(under: Sample.token(1, key: 1)) == before[0])
            #expect(try await store.kept(under: Sample.token(1)) == KeptSubject())
            #expect(try await store.kept(under: Sample.token(2)) == before[1], "the neighbour stays")
            #expect(try await store.kept(under: Sample.token(9, key: 1)) == KeptSubject())
        }
        // The key after that, and back to the first one.
        let again = SubjectRename(from: Sample.token(1, key: 1), to: Sample.token(1, key: 255))
        try await store.rename([again])
        #expect(try await store.kept(under: again.to) == before[0])
        try await store.rename([SubjectRename(from: again.to, to: Sample.token(1))])
        #expect(try await store.kept(under: Sample.token(1)) == before[0])
        try await store.rename([])
    }

    @Test("a renamed person is written, deleted and created again", arguments: Driver<PersonPlace>.all)
    func life(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let token = Sample.token(1, key: 1)
        try await store.fill(Sample.token(1))
        try await store.rename([Sample.rename(1)])
        var update = Sample.update(1, expecting: 1)
        update.token = token
        #expect(try await store.update([update]) == [.written(version: 2)])
        #expect(try await store.write([Sample.change(1, .remove(Sample.id(10), expectedVersion: 1))]) == [.notFound])
        var change = Sample.change(1, .remove(Sample.id(10), expectedVersion: 1))
        change.token = token
        #expect(try await store.write([change]) == [.written(version: 1)])
        #expect(try await store.kept(under: token).payments == [], "the payment went with its debt")
        let deletion = PersonDeletion(token: token, expectedVersion: 3)
        #expect(try await store.delete([deletion]) == [.written(version: 3)])
        let left = try await store.kept(under: token)
        #expect(left.person == nil && left.consents == [] && left.requests.count == 2 && left.receipts[0] != nil)
        // The last version goes along, too.
        let last = SubjectRename(from: token, to: Sample.token(1, key: 2))
        try await store.rename([last])
        var creation = Sample.creation(1)
        creation.token = last.to
        #expect(try await store.create([creation]) == [.written(version: 4)])
        creation.token = token
        #expect(try await store.create([creation]) == [.written(version: 1)], "nothing is left there")
    }

    @Test("tombstones go along, and keep their subjects from being created", arguments: Driver<PersonPlace>.all)
    func tombstones(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.fill(Sample.token(1))
        try await store.bury([Sample.tombstone(1), Sample.tombstone(2)])
        try await store.rename([Sample.rename(1), Sample.rename(2)])
        #expect(try await store.kept(under: Sample.token(1)) == KeptSubject())
        var kept = KeptSubject()
        kept.note = Sample.tombstone(2).note
        #expect(try await store.kept(under: Sample.token(2, key: 1)) == kept)
        try await store.erase([Sample.token(1, key: 1)])
        #expect(try await store.remains(of: [Sample.token(1, key: 1)]) == [false])
        var creation = Sample.creation(1)
        creation.token = Sample.token(1, key: 1)
        #expect(try await store.create([creation]) == [.erased])
    }

    @Test(
        "what is kept under the new token stays, and so does its like under the former one",
        arguments: Driver<PersonPlace>.all)
    func both(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let rename = Sample.rename(1)
        try await store.fill(rename.from, 1)
        try await store.fill(rename.to, 2)
        try await store.fill(Sample.token(3), 3)
        // Another receipt, which has no like; the disputes become ones of the same debt.
        var update = Sample.update(1, expecting: 1)
        update.receipt = Sample.receipt(2, of: 1)
        #expect(try await store.update([update]) == [.written(version: 2)])
        try await place.tamper([
            """
            UPDATE request SET debt_id = (SELECT debt_id FROM debt ORDER BY debt_id LIMIT 1)
            WHERE debt_id IS NOT NULL
            """
        ])
        try await store.bury([
            Tombstone(token: rename.from, note: Sample.sealed(1)), Tombstone(token: rename.to, note: Sample.sealed(2)),
        ])
        let former = try await store.kept(under: rename.from)
        let latter = try await store.kept(under: rename.to)
        let neighbour = try await store.kept(under: Sample.token(3))
        for _ in 0...1 {
            try await store.rename([Sample.rename(3), rename])
            let from = try await store.kept(under: rename.from)
            let to = try await store.kept(under: rename.to)
            #expect(from.requests == former.requests.filter { $0.kind == .dispute })
            #expect(Set(to.requests) == Set(latter.requests + former.requests.filter { $0.kind != .dispute }))
            #expect(from.receipts == [former.receipts[0], nil, nil])
            #expect(to.receipts == [latter.receipts[0], former.receipts[1], nil])
            #expect(from.isBlocked && to.isBlocked && from.note == former.note && to.note == latter.note)
            #expect(from.cadastro == former.cadastro && from.consents == former.consents && from.consents.count == 1)
            #expect(to.payments == latter.payments && from.payments == former.payments)
            #expect(try await store.kept(under: Sample.token(3, key: 1)) == neighbour)
        }
    }

    @Test("two tokens that lead to one move one subject, and the other stays", arguments: Driver<PersonPlace>.all)
    func rivals(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        try await store.fill(Sample.token(1), 1)
        try await store.fill(Sample.token(2), 2)
        let to = Sample.token(1, key: 1)
        let kept = [try await store.kept(under: Sample.token(1)), try await store.kept(under: Sample.token(2))]
        let renames = [Sample.token(1), Sample.token(1), Sample.token(2)].map { SubjectRename(from: $0, to: to) }
        try await store.rename(renames)
        #expect(try await store.kept(under: Sample.token(1)) == KeptSubject())
        let (moved, stayed) = (try await store.kept(under: to), try await store.kept(under: Sample.token(2)))
        #expect(moved.person == kept[0].person && moved.receipts == kept[0].receipts)
        #expect(stayed.person == kept[1].person && stayed.receipts == kept[1].receipts && stayed.isBlocked)
    }

    @Test("a walk meets every token once its pages end, also by another daemon", arguments: Driver<PersonPlace>.all)
    func walk(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        #expect(try await stores[0].tokens(ofKeysBelow: 1) == [])
        for subject in 1...7 { try await stores[0].fill(Sample.token(subject), subject) }
        _ = try await stores[0].delete([Sample.personDeletion(7)])
        try await stores[0].bury((8...9).map { Sample.tombstone($0) })
        // Of the subjects 10 to 12 several receipts are left, and nothing else.
        _ = try await stores[0].create((10...12).map { Sample.creation($0) })
        for key in 1...3 {
            let updates = (10...12).map { subject in
                var update = Sample.update(subject, expecting: Int64(key))
                update.receipt = Sample.receipt(key, of: subject)
                return update
            }
            #expect(try await stores[0].update(updates).allSatisfy { $0 == .written(version: Int64(key + 1)) })
        }
        _ = try await stores[0].delete((10...12).map { Sample.personDeletion($0) })
        try await place.tamper(["DELETE FROM deleted_person WHERE token NOT IN (SELECT token FROM request)"])
        try await stores[0].rename([Sample.rename(2), Sample.rename(8), Sample.rename(3, to: 2)])
        let pages = try await stores[0].pages(ofKeysBelow: 1, limit: 2)
        #expect(pages.allSatisfy { $0.count <= 2 })
        let first = Set([1, 4, 5, 6, 7, 9, 10, 11, 12].map { Sample.token($0) })
        #expect(Set(pages.joined()) == first)
        #expect(try await stores[0].tokens(ofKeysBelow: 2) == first.union([2, 8].map { Sample.token($0, key: 1) }))
        #expect(try await stores[0].tokens(ofKeysBelow: 3).count == 12)
        var met: Set<SubjectToken> = []
        var cursor: WalkCursor?
        var number = 0
        repeat {
            let page = try await stores[number % 2].tokens(ofKeysBelow: 1, after: cursor, limit: 1)
            met.formUnion(page.tokens)
            try await stores[number % 2].rename(page.tokens.map { SubjectRename(from: $0, to: $0.moved) })
            cursor = page.next
            number += 1
        } while cursor != nil
        #expect(met == first)
        #expect(try await stores[0].tokens(ofKeysBelow: 1) == [])
    }

    @Test("ten thousand persons are moved page by page", arguments: Driver<PersonPlace>.all)
    func many(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        for start in stride(from: 0, to: 10_000, by: 500) {
            let persons = (start..<start + 500).map { subject in
                Sample.creation(subject, debts: [Sample.newDebt(2 * subject), Sample.newDebt(2 * subject + 1)])
            }
            _ = try await store.create(persons)
        }
        var cursor: WalkCursor?
        repeat {
            let page = try await store.tokens(ofKeysBelow: 1, after: cursor, limit: 500)
            try await store.rename(page.tokens.map { SubjectRename(from: $0, to: $0.moved) })
            cursor = page.next
        } while cursor != nil
        #expect(try await store.tokens(ofKeysBelow: 1) == [])
        let moved = try await store.tokens(ofKeysBelow: 2)
        #expect(moved == Set((0..<10_000).map { Sample.token($0).moved }))
        let persons = try await store.read(Array(moved.prefix(100)), audit: [])
        #expect(persons.allSatisfy { $0?.debts.count == 2 })
    }
}

extension SubjectToken {
    /// A token of the key 1 for the same subject.
    var moved: SubjectToken {
        SubjectToken(keyNumber: 1) { bytes in withWords { bytes.copyMemory(from: $0) } }
    }
}
