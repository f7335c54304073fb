import Bureau
import Foundation
import Glibc
import Platform
import Repositories
import Synchronization
import Testing

@testable import Journal

@Suite("What a machine has seen of records")
struct FloorTableTests {
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)
    private let path: String

    init() throws {
        var template = Array("/tmp/creditd-floors-XXXXXX".utf8CString)
        path = "\(String(cString: try #require(mkdtemp(&template))))/floors"
    }

    private func open(sets: Int = 4) throws -> FloorTable {
        try FloorTable(path: path, sets: sets, now: Self.now)
    }

    /// A name in the set of a number.
    private func name(_ number: UInt64, inSet set: UInt64 = 0) -> FloorName {
        FloorName(high: 16 * number + set, low: number &* 0x9E37_79B9_7F4A_7C15)
    }

    private func version(_ version: Int64, generation: UInt32 = 1, mark: UInt64 = 1 << 60) -> SeenVersion {
        guard let seen = SeenVersion(version: version, generation: generation, mark: mark) else {
            preconditionFailure("no version")
        }
        return seen
    }

    @Test("the latest version stays, in all processes and after their end; another one of it changes nothing")
    func raised() throws {
        do {
            let (one, other) = (try open(), try open())
            #expect(one.floor(of: name(1)) == nil)
            one.raise(name(1), to: version(5))
            for late in [version(4), version(5, mark: 1 << 61)] { other.raise(name(1), to: late) }
            #expect(other.floor(of: name(1)) == version(5))
            other.raise(name(1), to: version(5, generation: 2))
            #expect(one.floor(of: name(1)) == version(5, generation: 2))
            one.raise(name(1), to: version(6))
        }
        let next = try open()
        #expect(next.floor(of: name(1)) == version(6))
        #expect(next.floor(of: name(2)) == nil && !next.isReplaced)
    }

    @Test("a former version is outdated, and another content of the latest one")
    func outdated() throws {
        let latest = version(5, generation: 2)
        for former in [
            version(4, generation: 3), version(5), version(5, generation: 2, mark: 1 << 61),
        ] {
            #expect(former.isOutdated(by: latest))
        }
        for present in [latest, version(6), version(5, generation: 3)] {
            #expect(!present.isOutdated(by: latest))
        }
        let deleted = try #require(SeenVersion(deletionAfter: 5))
        #expect(version(5, generation: 60_000).isOutdated(by: deleted))
        #expect(!version(6).isOutdated(by: deleted), "another life goes on from the last version")
        #expect(version(Int64(UInt32.max), generation: 65_535).isOutdated(by: .erasure))
        #expect(SeenVersion(version: 1 << 32, generation: 1, mark: 0) == nil)
        #expect(SeenVersion(version: 1, generation: 1 << 16, mark: 0) == nil)
    }

    @Test("a full set lets go of the lowest version, and of none for a record at version 1")
    func evicts() throws {
        let table = try open()
        for number in 1...4 as ClosedRange<UInt64> { table.raise(name(number), to: version(Int64(number) + 1)) }
        table.raise(name(5), to: version(1))
        #expect(table.floor(of: name(5)) == nil && table.floor(of: name(1)) != nil)
        table.raise(name(5), to: version(2))
        #expect(table.floor(of: name(5)) == version(2) && table.floor(of: name(1)) == nil)
        #expect(table.floor(of: name(4)) == version(5))
        table.raise(name(1, inSet: 1), to: version(1))
        #expect(table.floor(of: name(1, inSet: 1)) == version(1), "another set has room")
    }

    @Test("what was seen is forgotten at once by all processes, and the acceptance is kept")
    func forgets() throws {
        let (one, other) = (try open(), try open())
        one.raise(name(1), to: version(5))
        let acceptance = Acceptance(leaf: 7, at: Self.now)
        #expect(acceptance.isLater(than: one.heeded))
        one.forgetAll(heeding: acceptance)
        #expect(other.floor(of: name(1)) == nil && other.heeded == acceptance)
        #expect(try open().heeded == acceptance)
    }

    @Test("a file that is cut off under its processes loses what was seen, and ends nobody", arguments: [0, 4096])
    func cut(size: Int) throws {
        let table = try open()
        table.raise(name(1), to: version(5))
        #expect(truncate(path, size) == 0)
        #expect(table.floor(of: name(1)) == nil || size > 0)
        table.raise(name(1), to: version(6))
        #expect(table.floor(of: name(1)) == version(6))
    }

    @Test("a version that was written is the latest, but not of a subject who was erased")
    func written() throws {
        let table = try open()
        table.raise(name(1), to: version(5))
        table.set(name(1), to: version(2))
        #expect(table.floor(of: name(1)) == version(2))
        table.raise(name(1), to: .erasure)
        table.set(name(1), to: version(7))
        #expect(table.floor(of: name(1)) == .erasure)
    }

    @Test(
        "a file that is none begins anew, and tells",
        arguments: [Data(), Data("something else".utf8), Data(count: 320), Data(repeating: 7, count: 320)])
    func garbage(content: Data) throws {
        try content.write(to: URL(fileURLWithPath: path))
        let table = try open()
        #expect(table.isReplaced)
        table.raise(name(1), to: version(5))
        let next = try open()
        #expect(!next.isReplaced && next.floor(of: name(1)) == version(5))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("words that belong to no record, such as those of an entry that two processes wrote at once, tell nothing")
    func torn() throws {
        let table = try open()
        for number in 1...4 as ClosedRange<UInt64> { table.raise(name(number), to: version(9)) }
        let file = try #require(fopen(path, "r+"))
        // The version of the first entry, behind the header and the rest of the name.
        fseek(file, 8 * 8 + 8, SEEK_SET)
        fwrite([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] as [UInt8], 1, 8, file)
        fclose(file)
        #expect(table.floor(of: name(1)) == nil)
        #expect(table.floor(of: name(2)) == version(9))
    }

    @Test("a folder that is not there, and a name that is no file's, are errors")
    func errors() throws {
        #expect(throws: MappedFileError(call: "mkstemp", code: ENOENT)) {
            try FloorTable(path: "\(path)/missing/floors", sets: 4, now: Self.now)
        }
        mkdir(path, 0o700)
        #expect(throws: MappedFileError(call: "open", code: EISDIR)) { try open() }
    }

    @Test("whoever raises at once, no version is told that a record never had")
    func contended() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 as Range<UInt64> {
                group.addTask {
                    let table = try FloorTable(path: path, sets: 4, now: Self.now)
                    for round in 1...20_000 as ClosedRange<Int64> {
                        let number = UInt64(round) % 6
                        let name = FloorName(high: 0, low: number &* 0x9E37_79B9_7F4A_7C15 &+ 1)
                        let version = SeenVersion(
                            version: 10 * round + Int64(number), generation: 1, mark: writer << 48)
                        table.raise(name, to: try #require(version))
                        if let floor = table.floor(of: name) { #expect(floor.version % 10 == Int64(number)) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
