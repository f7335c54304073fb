import Bureau
import Foundation
import Glibc
import Platform
import Repositories
import Synchronization
import Testing
import Transcripts

@testable import Journal

@Suite("What a machine has seen of records")
struct FloorTableTests {
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)
    private let scratch: ScratchFolder
    private var path: String { scratch.path("floors") }

    init() throws { scratch = try ScratchFolder(name: "floors") }

    private func open(sets: Int = 4) throws -> FloorTable {
        try FloorTable(path: path, sets: sets, now: Self.now)
    }

    /// A name in the set of a number.
    private func name(_ number: UInt64, inSet set: UInt64 = 0) -> FloorName {
        FloorName(high: 16 * number + set, low: number &* 0x9E37_79B9_7F4A_7C15)
    }

    private func content(_ version: Int64, generation: UInt32 = 1, mark: UInt64 = 1 << 60) -> Floor {
        guard let seen = SeenVersion(version: version, generation: generation, mark: mark) else {
            preconditionFailure("no version")
        }
        return Floor(seen, written: SeenTime(bits: UInt64(version) << 20))
    }

    @Test("the latest version stays, in all processes and after their end; another one of it changes nothing")
    func raised() throws {
        do {
            let (one, other) = (try open(), try open())
            #expect(one.floor(of: name(1)) == nil)
            one.raise(name(1), to: content(5))
            for late in [content(4), content(5, mark: 1 << 61)] { other.raise(name(1), to: late) }
            #expect(other.floor(of: name(1)) == content(5))
            other.raise(name(1), to: content(5, generation: 2))
            #expect(one.floor(of: name(1)) == content(5, generation: 2))
            one.raise(name(1), to: content(6))
        }
        let next = try open()
        #expect(next.floor(of: name(1)) == content(6))
        #expect(next.floor(of: name(2)) == nil && !next.isReplaced)
    }

    @Test("a full set lets go of the lowest version, and of none for a record at version 1")
    func evicts() throws {
        let table = try open()
        for number in 1...4 as ClosedRange<UInt64> { table.raise(name(number), to: content(Int64(number) + 1)) }
        table.raise(name(5), to: content(1))
        #expect(table.floor(of: name(5)) == nil && table.floor(of: name(1)) != nil)
        table.raise(name(5), to: content(2))
        #expect(table.floor(of: name(5)) == content(2) && table.floor(of: name(1)) == nil)
        #expect(table.floor(of: name(4)) == content(5))
        table.raise(name(1, inSet: 1), to: content(1))
        #expect(table.floor(of: name(1, inSet: 1)) == content(1), "another set has room")
    }

    @Test("what was seen is forgotten at once by all processes, and the acceptance is kept")
    func forgets() throws {
        let (one, other) = (try open(), try open())
        one.raise(name(1), to: content(5))
        let acceptance = Acceptance(leaf: 7, at: Self.now)
        #expect(acceptance.isLater(than: one.heeded))
        one.forgetAll(heeding: acceptance)
        #expect(other.floor(of: name(1)) == nil && other.heeded == acceptance)
        #expect(try open().heeded == acceptance)
    }

    @Test("a file that is cut off under its processes loses what was seen, and ends nobody", arguments: [0, 4096])
    func cut(size: Int) throws {
        let table = try open()
        table.raise(name(1), to: content(5))
        #expect(truncate(path, size) == 0)
        #expect(table.floor(of: name(1)) == nil || size > 0)
        table.raise(name(1), to: content(6))
        #expect(table.floor(of: name(1)) == content(6))
    }

    @Test("a version that was written is the latest, but not of a subject who was erased")
    func written() throws {
        let table = try open()
        table.raise(name(1), to: content(5))
        table.set(name(1), to: content(2))
        #expect(table.floor(of: name(1)) == Floor(content(2).version))
        table.raise(name(1), to: Floor(.erasure))
        table.set(name(1), to: content(7))
        #expect(table.floor(of: name(1))?.version == .erasure)
    }

    @Test(
        "a file that is none begins anew, and tells",
        arguments: [Data(), Data("something else".utf8), Data(count: 576), Data(repeating: 7, count: 576)])
    func garbage(bytes: Data) throws {
        try bytes.write(to: URL(fileURLWithPath: path))
        let table = try open()
        #expect(table.isReplaced)
        table.raise(name(1), to: content(5))
        let next = try open()
        #expect(!next.isReplaced && next.floor(of: name(1)) == content(5))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("words that belong to no record, such as those of an entry that two processes wrote at once, tell nothing")
    func torn() throws {
        let table = try open()
        for number in 1...4 as ClosedRange<UInt64> { table.raise(name(number), to: content(9)) }
        let file = try #require(fopen(path, "r+"))
        // The version of the first entry, behind the header and the rest of the name.
        fseek(file, 8 * 8 + 8, SEEK_SET)
        fwrite([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] as [UInt8], 1, 8, file)
        fclose(file)
        #expect(table.floor(of: name(1)) == nil)
        #expect(table.floor(of: name(2)) == content(9))
    }

    @Test("no stamp is given twice to the processes of a machine, however they hurry")
    func stamps() async throws {
        let path = path
        let machine = try open().machine
        let given = try await withThrowingTaskGroup(of: [WriteStamp].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let table = try FloorTable(path: path, sets: 4, now: Self.now)
                    return (0..<10_000).compactMap { table.nextStamp(notBefore: 1_000_000 + $0) }
                }
            }
            return try await group.reduce(into: [WriteStamp]()) { given, stamps in
                let times = stamps.map(\.time)
                #expect(times == times.sorted() && times[0] >= 1_000_000)
                given += stamps
            }
        }
        #expect(Set(given).count == 40_000 && given.allSatisfy { $0.machine == machine })
        let last = try #require(given.map(\.time).max())
        #expect(try open().nextStamp(notBefore: 0) == WriteStamp(time: last + 1, machine: machine))
    }

    @Test("writes under way are known to all processes, also of records that nobody has seen, and after their end")
    func underWay() throws {
        let (one, other) = (try open(), try open())
        one.begin(name(1), at: 100)
        other.begin(name(1), at: 90)
        #expect(try open().floor(of: name(1))?.underWay?.since == 90)
        other.set(name(1), to: content(5))
        #expect(one.floor(of: name(1))?.version == content(5).version && one.floor(of: name(1))?.underWay?.since == 90)
        other.end(name(1), at: 90)
        one.end(name(1), at: 100)
        #expect(other.floor(of: name(1)) == content(5))
        one.end(name(2), at: 1)
        #expect(one.floor(of: name(2)) == nil)
    }

    @Test("a machine whose clock was set back by far goes on by its clock, as another machine")
    func clockSetBack() throws {
        let (table, minute) = (try open(), 60_000_000 as UInt64)
        let first = try #require(table.nextStamp(notBefore: 100 * minute))
        #expect(
            try open().nextStamp(notBefore: 91 * minute) == WriteStamp(time: first.time + 1, machine: first.machine))
        let next = try #require(try open().nextStamp(notBefore: 80 * minute))
        #expect(next.time == 80 * minute && next.machine != first.machine && table.machine == next.machine)
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
                        let time = SeenTime(bits: UInt64(round) << 8 | number + 1)
                        table.raise(name, to: Floor(try #require(version), written: time))
                        if let floor = table.floor(of: name) {
                            #expect(floor.version.version % 10 == Int64(number))
                            #expect(floor.written.map { $0.bits & 0xFF } == number + 1)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
