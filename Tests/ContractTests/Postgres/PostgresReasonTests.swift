import Bureau
import Foundation
import Glibc
import Repositories
import Testing

@testable import StorePostgres

@Suite("PostgreSQL: why it cannot serve", .enabled(if: PostgresSchema.isTested))
struct PostgresReasonTests {
    private let database: PostgresDatabase

    init() throws {
        database = try PostgresDatabase()
        try database.migrate()
    }

    @Test("a database that was made read-only is that, for a call, for health and for a check")
    func readOnly() async throws {
        try database.set("default_transaction_read_only = on")
        let store = try database.open()
        let error = await #expect(throws: StoreError.self) { try await store.create([Sample.creation(1)]) }
        #expect(error?.cause == .readOnly)
        let health = await store.health()
        #expect(health.engine != nil && !health.isReady)
        #expect(health.reason?.cause == .readOnly && health.reason?.code == "25006")
        let failures = await store.check().filter { !$0.hasPassed }
        #expect(failures.count > 1)
        for failure in failures {
            guard case .failed(let reason, let remedy) = failure.outcome else { continue }
            #expect(reason.cause == .readOnly)
            #expect(remedy.contains("default_transaction_read_only"), "\(failure.what)")
        }
        try database.set("default_transaction_read_only = off")
        var outcomes: [WriteOutcome]?
        for _ in 0..<50 where outcomes == nil { outcomes = try? await store.create([Sample.creation(1)]) }
        #expect(outcomes == [.written(version: 1)])
    }

    @Test("a text that the database's encoding does not have is recorded all the same, and a check tells the encoding")
    func encoding() async throws {
        let latin = try PostgresDatabase("ENCODING 'LATIN1' LOCALE 'C'")
        try latin.migrate()
        let store = try latin.open()
        _ = try await store.create([Sample.creation(1)])
        let odd = Sample.audit(Sample.record(1, 1, requester: "信用"))
        #expect(try await store.read([Sample.token(1)], audit: [odd]).map { $0?.version } == [1])
        let failures = await store.check().filter { !$0.hasPassed }
        #expect(failures.map(\.what) == ["keeps text in UTF8"])
    }

    @Test("a database without an encoding of its own keeps texts as they are, and fails the check")
    func noEncoding() async throws {
        let plain = try PostgresDatabase("ENCODING 'SQL_ASCII' LOCALE 'C'")
        try plain.migrate()
        let store = try plain.open()
        let odd = Sample.audit(Sample.record(1, 1, requester: "信用"))
        #expect(try await store.read([Sample.token(1)], audit: [odd]) == [nil])
        #expect(await store.check().map(\.hasPassed).contains(false))
    }

    @Test("a lock that another session holds for longer than the time limit is named")
    func locked() async throws {
        let store = try database.open(database.daemonURL + "&timeout=1")
        _ = try await store.create([Sample.creation(1)])
        let holder = try connect(database.ownerURL)
        try holder.run("BEGIN; SELECT FROM person FOR UPDATE")
        let error = await #expect(throws: StoreError.self) { try await store.update([Sample.update(1, expecting: 1)]) }
        #expect(error?.cause == .locked)
    }

    @Test("a full disk is that, also in health, until there is room again")
    func full() async throws {
        guard let disk = SmallDisk() else {
            print("no file system can be mounted here: the full disk is left out")
            return
        }
        let space = "creditd_full_\(getpid())"
        _ = try connect(database.ownerURL).rows("CREATE TABLESPACE \(space) LOCATION '\(disk.path)'")
        defer {
            try? database.run("ALTER TABLE person SET TABLESPACE pg_default")
            try? database.run("DROP TABLESPACE \(space)")
        }
        try database.run("ALTER TABLE person SET TABLESPACE \(space)")
        let store = try database.open()
        var refusal: StoreError?
        for round in 0..<50 where refusal == nil {
            do throws(StoreError) {
                _ = try await store.create((0..<50).map { Self.large(round * 50 + $0) })
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.cause == .full)
        let health = await store.health()
        #expect(health.reason?.cause == .full && health.reason?.code == "53100" && !health.isReady)
        let hasGrown = disk.grow()
        #expect(hasGrown)
        #expect(try await store.create([Sample.creation(9999)]) == [.written(version: 1)])
        #expect(await store.health().isReady)
    }

    private static func large(_ subject: Int) -> PersonCreation {
        var creation = Sample.creation(subject)
        creation.identity = Sealed((0..<1500).map { _ in UInt8.random(in: 0...255) })
        return creation
    }

    @Test("an unreachable server and a wrong database are told apart at the opening, with code and remedy")
    func opening() {
        let wrong = database.daemonURL.replacing(/contract_[0-9a-f_]+\?/, with: "nobody_has_made_it?")
        let missing = #expect(throws: StoreOpenError.self) { try database.open(wrong) }
        #expect(missing?.code == "3D000" && missing?.cause == .refused)
        let away = #expect(throws: StoreOpenError.self) { try database.open("postgresql://u@127.0.0.1:1/d") }
        #expect(away?.code == "ECONNREFUSED" && away?.cause == .unreachable && away?.remedy != nil)
    }

    @Test("of two hosts the reasons of both are told, and a silent one costs its time limit alone")
    func hosts() throws {
        let silent = try SilentServer()
        let start = ContinuousClock.now
        let error = #expect(throws: StoreOpenError.self) {
            try database.open("postgresql://u@127.0.0.1:\(silent.port),127.0.0.1:1/d?connect_timeout=2")
        }
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(error?.cause == .unreachable && error?.reason.contains("failed: ;") == false)
        #expect(error?.reason.contains("port \(silent.port) failed: timeout expired") == true)
        #expect(error?.reason.contains("port 1 failed: Connection refused") == true)
        let url = database.daemonURL
        let host = try #require(url.firstMatch(of: /127\.0\.0\.1:[0-9]+/)).output
        _ = try database.open(
            url.replacing(host, with: "127.0.0.1:\(silent.port),\(host)") + "&connect_timeout=2")
    }
}

/// A small file system in memory, for the server's account.
private struct SmallDisk: ~Copyable {
    let path = "/tmp/creditd-small-disk-\(getpid())"

    init?() {
        guard geteuid() == 0, mkdir(path, 0o700) == 0 else { return nil }
        let options = "size=600k,uid=\(getpwnam("postgres")?.pointee.pw_uid ?? 0),mode=0700"
        guard mount("tmpfs", path, "tmpfs", 0, options) == 0 else {
            rmdir(path)
            return nil
        }
    }

    /// Makes room.
    func grow() -> Bool {
        mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=16m") == 0
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }
}
