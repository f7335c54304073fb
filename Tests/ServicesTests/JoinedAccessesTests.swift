import Bureau
import MemoryStores
import Repositories
import Seeds
import Testing
import Vault

@testable import Services

@Suite("Accesses that become one record of the audit log")
struct JoinedAccessesTests {
    private static func record(
        _ number: Int, milliseconds: Int = 0, _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> AuditRecord {
        let token = SubjectToken { bytes in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * (index % 2))) }
        }
        var record = AuditRecord(
            recordID: RecordID(
                high: UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number + 1) &* 0xC2B2_AE3D_27D4_EB4F),
            at: Instant(secondsSinceEpoch: 1_000, microseconds: Int64(milliseconds) * 1000),
            process: RecordID(high: 1, low: 2), actor: Actor(name: "ana", role: .owner), base: .c,
            method: "event.latest", purpose: .creditProtection, requester: "Loja", groups: [.movements],
            outcome: .granted, count: 1, subjects: [AuditSubject(token)])
        change(&record)
        return record
    }

    private func joined(_ records: [AuditRecord]) throws -> [AuditRecord] {
        try JoinedAccesses.lines(of: records.map(\.line)).map { try #require(AuditRecord(line: $0)) }
    }

    @Test("lone accesses of a tenth of a second become one record, with the time of the first and all subjects")
    func joins() throws {
        let records = (0..<5).map { Self.record($0, milliseconds: 20 * $0) } + [Self.record(5, milliseconds: 100)]
        let found = try joined(records)
        #expect(found.map(\.count) == [5, 1] && found.map(\.at) == [records[0].at, records[5].at])
        #expect(found[0].subjects == records[..<5].flatMap(\.subjects))
        #expect(found[1] == records[5], "a line that nothing is joined with stays as it is")
        // A clock that was set back begins anew.
        let back = [Self.record(1, milliseconds: 5), Self.record(2, milliseconds: 4), Self.record(3, milliseconds: 6)]
        #expect(try joined(back).map(\.count) == [1, 2])
    }

    @Test(
        "what differs in anything but the subjects, and what was not granted, stays apart",
        arguments: [
            { $0.method = "event.history" }, { $0.purpose = .fraudPrevention }, { $0.purpose = nil },
            { $0.requester = "Banco" }, { $0.requester = nil }, { $0.actor.name = "eva" },
            { $0.actor.role = .collector },
            { $0.base = .b }, { $0.groups = [.queries] }, { $0.process = RecordID(high: 1, low: 3) },
            { $0.outcome = .denied },
        ] as [@Sendable (inout AuditRecord) -> Void])
    func apart(change: @Sendable (inout AuditRecord) -> Void) throws {
        let records = [Self.record(1), Self.record(2, change), Self.record(3)]
        let found = try joined(records)
        #expect(found.map(\.count) == [2, 1], "those beside it are joined across it")
        #expect(found[1] == records[1])
    }

    @Test(
        "accesses to base A, refusals, acts and broken lines are left alone",
        arguments: [
            { $0.base = .a }, { $0.base = nil }, { $0.outcome = .denied }, { $0.outcome = .unreadable },
            { $0.outcome = .done },
        ] as [@Sendable (inout AuditRecord) -> Void])
    func leftAlone(change: @Sendable (inout AuditRecord) -> Void) throws {
        let records = [Self.record(1, change), Self.record(2, change)]
        #expect(try joined(records) == records)
        let broken = records[0].line.dropLast() + Array("x".utf8)
        #expect(JoinedAccesses.lines(of: [broken, broken, []]) == [broken, broken, []])
    }

    @Test("a record has no more subjects than the contract allows, and fits into a page of SQLite")
    func bound() throws {
        let records = (0..<1_000).map { Self.record($0, milliseconds: $0 / 20) }
        let found = try joined(records)
        #expect(found.map(\.count) == Array(repeating: 140, count: 7) + [20])
        #expect(found.map(\.subjects.count) == found.map(\.count))
        #expect(Set(found.map(\.recordID)).count == found.count)
        let repeated = try joined(records + [Self.record(7, milliseconds: 60)])
        #expect(repeated.map(\.subjects.count) == Array(repeating: 120, count: 8) + [40])
        #expect(repeated.map(\.count) == [121] + Array(repeating: 120, count: 7) + [40])
        // With 35 bytes of SQLite's, and a MAC, two identifiers and a time beside the line.
        for record in repeated { #expect(record.line.count < 4096 - 100) }
    }

    /// A record of a group of calls.
    private static func group(_ numbers: [Int], milliseconds: Int) -> AuditRecord {
        record(numbers.count * 10_000 + milliseconds, milliseconds: milliseconds) { group in
            group.subjects = numbers.flatMap { record($0).subjects }
            group.count = numbers.count
        }
    }

    @Test("a subject that groups of calls read again and again is named once, with how often")
    func repeats() throws {
        let groups = (0..<10).map { Self.group([1, 2, 3, 2], milliseconds: 5 * $0) }
        let found = try joined(groups + [Self.record(4, milliseconds: 70), Self.record(2, milliseconds: 99)])
        #expect(found.count == 1)
        #expect(found[0].subjects == Self.group([1, 2, 3, 4], milliseconds: 0).subjects)
        #expect(found[0].times == [10, 21, 10, 1] && found[0].count == 42)
        let alone = Self.group([1, 2, 3, 2], milliseconds: 0)
        #expect(try joined([alone]) == [alone], "a line that nothing is joined with stays as it is")
    }

    @Test("lines of whole tokens, which the last release left, stay as they are")
    func wholeTokens() throws {
        let records = (0..<3).map { number in
            Self.record(number) { record in
                record.subjects = record.subjects.map { _ in
                    .whole(SubjectToken { bytes in for index in bytes.indices { bytes[index] = UInt8(number) } })
                }
            }
        }
        #expect(try joined(records) == records)
    }

    @Test("no access is lost or doubled, and the same lines give the same records", arguments: 0..<10)
    func complete(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var milliseconds = 0
        let records = (0..<500).map { number in
            milliseconds += Int.random(in: 0...9, using: &random)
            let method = ["event.latest", "event.history", "profile.get"].randomElement(using: &random) ?? ""
            let outcome = [AuditOutcome.granted, .granted, .denied].randomElement(using: &random) ?? .granted
            // Some alone and some in groups, about one of a hundred subjects.
            let others = Int.random(in: 0...3, using: &random) == 0 ? Int.random(in: 1...30, using: &random) : 0
            let subjects = (0...others).flatMap { _ in Self.record(Int.random(in: 0..<100, using: &random)).subjects }
            return Self.record(number, milliseconds: milliseconds) { record in
                (record.method, record.outcome) = (method, outcome)
                (record.subjects, record.count) = (subjects, subjects.count)
            }
        }
        func accesses(_ records: [AuditRecord]) -> [String] {
            records.flatMap { record in
                let times = record.times.isEmpty ? record.subjects.map { _ in 1 } : record.times
                return zip(record.subjects, times).flatMap { subject, times in
                    Array(repeating: "\(record.method) \(record.outcome) \(subject)", count: times)
                }
            }.sorted()
        }
        let found = try joined(records)
        #expect(accesses(found) == accesses(records))
        #expect(
            found.reduce(0) { $0 + $1.count } == records.reduce(0) { $0 + $1.count }
                && found.count < records.count)
        #expect(try joined(records) == found)
        #expect(Set(found.map(\.recordID)).count == found.count)
        // Other parts of the same lines make other records, which never pass for these.
        let (first, second) = (try joined(Array(records[..<250])), try joined(Array(records[250...])))
        let known = Dictionary(uniqueKeysWithValues: found.map { ($0.recordID, $0) })
        for record in first + second { #expect(known[record.recordID] ?? record == record) }
    }

    @Test(
        "a search from a time on finds a joined record whose last access may be later, and no other that began before")
    func search() async throws {
        let store = MemoryPersons()
        let keys = try BaseVault.fixed(.a, byte: 1).audit
        let records = [
            Self.record(1), Self.record(2, milliseconds: 50), Self.record(3) { $0.method = "event.history" },
        ]
        let lines = JoinedAccesses.lines(of: records.map(\.line))
        try await store.append(keys.sealed(keys.lines(ofJournal: lines)))
        let reader = AuditReader(repository: store, keys: keys)
        func counts(from milliseconds: Int) async throws -> [Int] {
            let from = Instant(secondsSinceEpoch: 1_000, microseconds: Int64(milliseconds) * 1000)
            return try await reader.records(AuditSearch(from: from, to: .last, limit: 9)).map { found in
                AuditRecord(line: found.line.line)?.count ?? 0
            }
        }
        #expect(try await counts(from: 0) == [1, 2])
        #expect(try await counts(from: 50) == [2])
        #expect(try await counts(from: 100) == [])
    }
}
