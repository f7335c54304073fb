import Bureau
import Foundation
import Repositories
import Services
import Synchronization
import Testing
import Vault

/// The audit log's tree on each store of base A, also when somebody alters it who owns the database.
@Suite("Base A: the tree of the audit log")
struct AuditLogTests {
    private let keys: AuditKeys

    init() throws {
        let path = try TemporaryFolder().path("ring")
        keys = try BaseVault(ring: KeyRing.loadOrCreate(at: path, base: .a)).audit
    }

    private func log(
        _ store: any PersonRepository, _ witness: Witness = Witness(), journal: Journal = Journal()
    ) -> AuditLog {
        AuditLog(repository: store, keys: keys, journal: journal, witness: witness)
    }

    /// Records of one actor, authentic.
    private func lines(_ numbers: Range<Int>) -> [AuditLine] {
        keys.lines(of: numbers.map { Sample.record($0, $0 % 7) })
    }

    /// The same records as a journal has them.
    private func texts(_ numbers: Range<Int>) -> [[UInt8]] { numbers.map { Sample.record($0, $0 % 7).line } }

    /// A log of records, with a head for each part of them.
    private func filled(
        _ store: any PersonRepository, _ count: Int, heads: Int = 1, _ witness: Witness = Witness()
    ) async throws -> AuditLog {
        let log = self.log(store, witness)
        for head in 0..<heads {
            try await store.append(lines(head * count / heads..<(head + 1) * count / heads))
            try await log.growTree()
        }
        return log
    }

    @Test(
        "every record of a log of several tiles is proved, with nothing but the key", arguments: Driver<PersonPlace>.all
    )
    func proofs(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        let log = try await filled(store, 600, heads: 3)
        let verifier = try #require(HeadVerifier(text: log.verifierText))
        for number in stride(from: 0, to: 600, by: 13) {
            var proof = try #require(try await log.proof(of: Sample.id(number)))
            #expect(
                proof.leaf == Int64(number) && proof.size == 600 && proof.line == Sample.record(number, number % 7).line
            )
            #expect(proof.holds(by: verifier))
            proof.line[50] ^= 1
            #expect(!proof.holds(by: verifier))
        }
        #expect(try await log.proof(of: Sample.id(9999)) == nil)
        #expect(try await log.verify() == AuditVerdict(size: 600, records: 600, heads: 3, findings: []))
    }

    @Test(
        "a file that was carried in part is carried again, and each record is there once, in its order",
        arguments: Driver<PersonPlace>.all)
    func carriedInPart(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let parts = [0..<30, 30..<31, 31..<60].map(texts)
        let journal = Journal(["first": parts, "second": [texts(60..<70)]], failsBeforePart: 2)
        let log = self.log(try await place.open(), journal: journal)
        await #expect(throws: StoreError.self) { try await log.keepUp() }
        #expect(journal.files == ["first", "second"])
        // As another process does it, after the end of the first.
        try await self.log(try await place.open(), journal: journal).keepUp()
        #expect(journal.files.isEmpty)
        #expect(try await log.verify() == AuditVerdict(size: 70, records: 70, heads: 1, findings: []))
        let found = try await log.records(AuditSearch(from: .first, to: .last, limit: 100))
        #expect(found.reversed().map(\.line.line) == texts(0..<70))
    }

    @Test("four daemons that append at once make one tree", arguments: Driver<PersonPlace>.all)
    func fourAtOnce(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let witness = Witness()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for daemon in 0..<4 {
                let store = try await place.open()
                let log = self.log(store, witness)
                group.addTask {
                    for part in 0..<10 {
                        let start = daemon * 400 + part * 40
                        try await store.append(lines(start..<start + 40))
                        try await log.growTree()
                        #expect(try await store.leaf(of: Sample.id(start + 39)) != nil, "what was there is in the tree")
                    }
                }
            }
            try await group.waitForAll()
        }
        let log = self.log(try await place.open())
        try await log.growTree()
        let verdict = try await log.verify(witnessed: witness.notes)
        #expect(verdict.size == 1600 && verdict.records == 1600 && verdict.findings.isEmpty)
        #expect(try await log.records(AuditSearch(from: .first, to: .last, limit: 2000)).count == 1600)
    }

    /// What the owner of the database does, and what is found.
    private static let tampering: [(what: String, sql: [String], kinds: Set<AuditFinding.Kind>)] = [
        ("alters a record", ["UPDATE audit_record SET line = LINE WHERE position = 5"], [.altered]),
        ("removes a record", ["DELETE FROM audit_record WHERE position = 5"], [.removed]),
        (
            "removes a record and its leaf",
            ["DELETE FROM audit_leaf WHERE position = 5", "DELETE FROM audit_record WHERE position = 5"], [.removed]
        ),
        (
            "inserts a record of its own",
            [
                "INSERT INTO audit_record (record_id, at, line, mac) SELECT ID, at, LINE, mac FROM audit_record WHERE position = 5"
            ],
            [.inserted]
        ),
        (
            "repeats a record",
            [
                "INSERT INTO audit_record (record_id, at, line, mac) SELECT ID, at, line, mac FROM audit_record WHERE position = 5"
            ],
            [.inserted]
        ),
        (
            "exchanges two records",
            [
                "UPDATE audit_leaf SET position = -1 WHERE position = 5",
                "UPDATE audit_leaf SET position = 5 WHERE position = 6",
                "UPDATE audit_leaf SET position = 6 WHERE position = -1",
            ], [.reordered]
        ),
        (
            "exchanges two leaves with their hashes",
            [
                "UPDATE audit_leaf SET leaf = 1000 WHERE leaf = 4", "UPDATE audit_leaf SET leaf = 4 WHERE leaf = 5",
                "UPDATE audit_leaf SET leaf = 5 WHERE leaf = 1000",
            ], [.head]
        ),
        (
            "alters a leaf's hash",
            ["UPDATE audit_leaf SET hash = mac FROM audit_record WHERE leaf = 4 AND audit_record.position = 5"],
            [.altered, .head]
        ),
        ("alters a head", ["UPDATE audit_head SET note = LINE WHERE size = 150"], [.forgedHead]),
        ("removes all heads", ["DELETE FROM audit_head"], [.unsigned]),
        (
            "alters a column", ["UPDATE audit_record SET record_id = ID WHERE position = 5"], [.columns]
        ),
        (
            "notes a segment as dropped",
            ["INSERT INTO audit_segment SELECT 0, 1, mac FROM audit_record WHERE position = 5"],
            [.forgedSegment]
        ),
    ]

    @Test(
        "one altered, removed, inserted or moved row is found, whoever did it", arguments: Driver<PersonPlace>.all,
        tampering.indices)
    func tampered(driver: Driver<PersonPlace>, index: Int) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let log = try await filled(store, 300, heads: 2)
        #expect(try await log.verify().findings.isEmpty)
        let tampering = Self.tampering[index]
        let prefix = driver.name == "SQLite" ? "x'" : "'\\x"
        let id =
            driver.name == "SQLite" ? "x'00000000000000000000000000000001'" : "'00000000-0000-0000-0000-000000000001'"
        try await place.tamper(
            tampering.sql.map { sql in
                sql.replacing("LINE", with: "\(prefix)7b7d'").replacing("ID,", with: "\(id),")
                    .replacing("= ID", with: "= \(id)")
            })
        let kinds = Set(try await log.verify().findings.map(\.kind))
        #expect(kinds == tampering.kinds, "\(tampering.what)")
    }

    @Test("a record before all others is found, whoever inserted it", arguments: Driver<PersonPlace>.all)
    func negativePosition(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let log = try await filled(try await place.open(), 10)
        let isSQLite = driver.name == "SQLite"
        let id = isSQLite ? "x'00000000000000000000000000000001'" : "'00000000-0000-0000-0000-000000000001'"
        let overriding = isSQLite ? "" : "OVERRIDING SYSTEM VALUE"
        let insertion = """
            INSERT INTO audit_record (position, record_id, at, line, mac) \(overriding)
            SELECT -5, \(id), at, line, mac FROM audit_record WHERE position = 5
            """
        await #expect(throws: (any Error).self) { try await place.tamper([insertion]) }
        let allowing =
            isSQLite
            ? "PRAGMA ignore_check_constraints = ON"
            : "ALTER TABLE audit_record DROP CONSTRAINT audit_record_position_check"
        try await place.tamper([allowing, insertion])
        #expect(try await log.verify().findings.map(\.kind) == [.inserted])
        let query = AuditSearch(from: .first, to: .last, limit: 100)
        #expect(try await log.records(query).count == 10)
    }

    @Test("a record that was altered is neither listed nor proved", arguments: Driver<PersonPlace>.all)
    func notServed(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let log = try await filled(try await place.open(), 10)
        let line = driver.name == "SQLite" ? "x'7bff7d'" : "'\\x7bff7d'"
        try await place.tamper(["UPDATE audit_record SET line = \(line) WHERE position = 5"])
        let query = AuditSearch(from: .first, to: .last, limit: 3)
        #expect(try await log.records(query).map(\.position) == [10, 9, 8])
        let next = AuditSearch(from: .first, to: .last, before: 7, limit: 4)
        #expect(try await log.records(next).map(\.position) == [6, 4, 3, 2])
        await #expect(throws: StoreError.corrupt(.a)) { try await log.proof(of: Sample.id(4)) }
    }

    @Test(
        "records are found by their exact time and by the texts of their lines, sealed or as earlier versions left them",
        arguments: Driver<PersonPlace>.all)
    func search(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        let log = self.log(store)
        let records = (1...9).map { Sample.record($0, $0 % 3, requester: "Loja \($0)") }
        // The first five are of an earlier version, in plain and with their time beside them.
        try await store.append(
            zip(records, keys.lines(of: records)).prefix(5).map { record, line in
                AuditLine(recordID: record.recordID, at: record.at, line: record.line, mac: line.mac)
            })
        try await store.append(Array(keys.lines(of: records).dropFirst(5)))
        func found(
            from: Int? = nil, to: Int? = nil, anyOf: [Int] = [], allOf: [[UInt8]] = [], limit: Int = 9
        ) async throws -> [RecordID] {
            let search = AuditSearch(
                from: from.map { Sample.instant($0) } ?? .first, to: to.map { Sample.instant($0) } ?? .last,
                anyOf: anyOf.map { AuditSubject.searchText(of: Sample.token($0)) }, allOf: allOf, limit: limit)
            return try await log.records(search).map(\.line.recordID)
        }
        func ids(_ numbers: Int...) -> [RecordID] { numbers.map { Sample.id($0) } }
        #expect(try await found() == ids(9, 8, 7, 6, 5, 4, 3, 2, 1))
        #expect(try await found(from: 3, to: 8) == ids(7, 6, 5, 4, 3))
        #expect(try await found(anyOf: [1, 2]) == ids(8, 7, 5, 4, 2, 1))
        #expect(try await found(anyOf: [5, 2, 1, 6, 7, 8], limit: 2) == ids(8, 7))
        for number in [4, 7] {
            let member = AuditRecord.member("requester", "Loja \(number)")
            #expect(try await found(anyOf: [1, 2], allOf: [member]) == ids(number))
            #expect(try await found(anyOf: [2], allOf: [member]).isEmpty)
        }
        #expect(
            try await log.records(AuditSearch(from: .first, to: .last, limit: 9)).map(\.line.at)
                == records.reversed().map(\.at))
        try await log.growTree()
        #expect(try await log.verify().findings.isEmpty)
    }

    @Test("a log whose end was cut off with its heads is found by a witness alone", arguments: Driver<PersonPlace>.all)
    func cutOff(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let witness = Witness()
        let log = try await filled(try await place.open(), 200, heads: 2, witness)
        try await place.tamper([
            "DELETE FROM audit_record WHERE position > 100", "DELETE FROM audit_leaf WHERE leaf >= 100",
            "DELETE FROM audit_head WHERE size > 100",
        ])
        #expect(try await log.verify().findings.isEmpty)
        let findings = try await log.verify(witnessed: witness.notes).findings
        #expect(findings == [AuditFinding(.removed, leaf: 100), AuditFinding(.head, leaf: 200)])
    }

    @Test("a head between others that is gone is found by a witness", arguments: Driver<PersonPlace>.all)
    func missingHead(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let witness = Witness()
        let log = try await filled(try await place.open(), 300, heads: 3, witness)
        #expect(try await log.verify(witnessed: witness.notes).findings.isEmpty)
        try await place.tamper(["DELETE FROM audit_head WHERE size = 200"])
        #expect(try await log.verify(witnessed: witness.notes).findings == [AuditFinding(.missingHead, leaf: 200)])
    }

    @Test("a head for more leaves than one batch has is found without a witness", arguments: Driver<PersonPlace>.all)
    func gapOfHeads(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let log = try await filled(try await place.open(), 6000)
        #expect(try await log.verify().findings.isEmpty)
        try await place.tamper(["DELETE FROM audit_head WHERE size = 4096"])
        #expect(try await log.verify().findings == [AuditFinding(.missingHead, leaf: 4096)])
    }

    @Test("a log that grows while it is verified is whole", arguments: Driver<PersonPlace>.all)
    func growing(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let log = try await filled(store, 100)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for start in stride(from: 100, to: 1000, by: 20) {
                    try await store.append(lines(start..<start + 20))
                    try await log.growTree()
                }
            }
            for _ in 0..<20 { #expect(try await log.verify().findings == []) }
            try await group.waitForAll()
        }
        #expect(try await log.verify().size == 1000)
    }

    @Test("a tree that was altered does not grow any more", arguments: Driver<PersonPlace>.all)
    func noGrowth(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        let log = try await filled(store, 10)
        try await place.tamper([
            "UPDATE audit_leaf SET hash = mac FROM audit_record WHERE audit_record.position = audit_leaf.position"
        ])
        try await store.append(lines(10..<20))
        try await log.growTree()
        #expect(try await store.auditEdge(backlog: 100).size == 10)
    }

    @Test("what retention drops leaves the others provable, and the log whole", arguments: Driver<PersonPlace>.all)
    func drops(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let log = try await filled(try await place.open(), 700, heads: 7)
        let segment = try #require(try await log.droppableSegment(before: Sample.instant(600)))
        #expect(segment.firstTile == 0 && segment.pastTile == 2)
        if driver.name == "SQLite" {
            try await log.drop(segment)
        } else {
            await #expect(throws: StoreError.self) { try await log.drop(segment) }
            let mac = segment.mac.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try await place.tamper([
                "DELETE FROM audit_record WHERE position IN (SELECT position FROM audit_leaf WHERE leaf < 512)",
                "DELETE FROM audit_leaf WHERE leaf < 512", "INSERT INTO audit_segment VALUES (0, 2, '\\x\(mac)')",
            ])
        }
        #expect(try await log.records(AuditSearch(from: .first, to: .last, limit: 1000)).count == 188)
        let verdict = try await log.verify()
        #expect(verdict.size == 700 && verdict.records == 188 && verdict.findings.isEmpty)
        #expect(try await log.proof(of: Sample.id(100)) == nil)
        let proof = try #require(try await log.proof(of: Sample.id(650)))
        #expect(proof.holds(by: try #require(HeadVerifier(text: log.verifierText))))
        #expect(try await log.droppableSegment(before: Sample.instant(600)) == nil)
    }
}

/// Heads in memory.
final class Witness: HeadWitness {
    private let state = Mutex<[[UInt8]]>([])
    var notes: [[UInt8]] { state.withLock { $0 } }
    func keep(_ note: [UInt8]) { state.withLock { $0.append(note) } }
}

/// A journal of files in parts, which fails once before a part is read; of none unless some are given.
final class Journal: AccessJournal {
    private let state: Mutex<(files: [String: [[[UInt8]]]], failsBefore: Int?)>

    init(_ files: [String: [[[UInt8]]]] = [:], failsBeforePart: Int? = nil) {
        state = Mutex((files, failsBeforePart))
    }

    var files: [String] { state.withLock { $0.files.keys.sorted() } }

    func append(_ lines: [[UInt8]]) throws(StoreError) {}
    func sync() async throws(StoreError) {}
    func closedFiles() async -> [String] { files }

    func read(
        _ file: String, _ take: (_ lines: [[UInt8]]) async throws(StoreError) -> Void
    ) async throws(StoreError) -> Bool {
        for (number, lines) in state.withLock({ $0.files[file] ?? [] }).enumerated() {
            let fails = state.withLock { state in
                defer { if state.failsBefore == number { state.failsBefore = nil } }
                return state.failsBefore == number
            }
            if fails { throw .unavailable(.a, StoreReason(.full, "no room"), retryAfterMilliseconds: 0) }
            try await take(lines)
        }
        return true
    }

    func remove(_ file: String) { state.withLock { $0.files[file] = nil } }
    func setAside(_ file: String) { remove(file) }
}
