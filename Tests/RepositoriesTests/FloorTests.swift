import Bureau
import Repositories
import Testing

@Suite("The latest content of a record that a machine has seen")
struct FloorTests {
    private static let start: UInt64 = 1_800_000_000_000_000
    private static let second: UInt64 = 1_000_000

    /// A content that was written so many seconds after the start, by machine 1 unless another one is given.
    private func content(
        _ version: Int64, generation: UInt32 = 1, mark: UInt64 = 1 << 60, at seconds: UInt64? = nil,
        by machine: UInt32 = 1
    ) throws -> Floor {
        let stamp = seconds.flatMap { WriteStamp(time: Self.start + $0 * Self.second, machine: machine) }
        return Floor(
            try #require(SeenVersion(version: version, generation: generation, mark: mark)),
            written: stamp.map { SeenTime($0, on: 1) })
    }

    @Test("outdates former versions, and another content of the latest one")
    func versions() throws {
        let latest = try content(5, generation: 2)
        for former in try [
            content(4, generation: 3), content(5), content(5, generation: 2, mark: 1 << 61),
            content(5, generation: 2, mark: 1),
        ] {
            #expect(latest.outdates(former))
        }
        for present in try [latest, content(6), content(5, generation: 3)] { #expect(!latest.outdates(present)) }
        let deleted = Floor(try #require(SeenVersion(deletionAfter: 5)))
        #expect(deleted.version.isEnd)
        #expect(try deleted.outdates(content(5, generation: 60_000)))
        #expect(try !deleted.outdates(content(6)), "another life goes on from the last version")
        #expect(try Floor(.erasure).outdates(content(Int64(UInt32.max), generation: 65_535)))
        #expect(SeenVersion(version: 1 << 32, generation: 1, mark: 0) == nil)
        #expect(SeenVersion(version: 1, generation: 1 << 16, mark: 0) == nil)
    }

    @Test("outdates what was written before it, whatever version it has been given")
    func times() throws {
        let latest = try content(5, at: 1000)
        #expect(try latest.outdates(content(6, at: 999)) && latest.outdates(content(9, at: 0)))
        #expect(try !latest.outdates(content(6, at: 1001)))
        #expect(try !latest.outdates(content(6)), "earlier releases wrote no times")
        #expect(try !content(5).outdates(content(6, at: 1)))
    }

    @Test("allows the clocks of other machines to differ by ten minutes")
    func machines() throws {
        for (writer, reader) in [(1, 2), (2, 1), (2, 2)] as [(UInt32, UInt32)] {
            let latest = try content(5, at: 1000, by: writer)
            #expect(try !latest.outdates(content(6, at: 400, by: reader)))
            #expect(try latest.outdates(content(6, at: 399, by: reader)))
        }
    }

    @Test("knows the same content under a higher version, and another one of the same version")
    func sameContent() throws {
        let latest = try content(5, generation: 2, at: 1000, by: 9)
        #expect(try latest.outdates(content(6, at: 1000)), "a content has one version")
        #expect(try latest.outdates(content(5, generation: 3, at: 999, by: 8)))
        #expect(try !latest.outdates(content(5, generation: 3, at: 1000, by: 8)), "it was sealed anew")
    }

    @Test("rises to what is read")
    func raised() throws {
        let floor = try content(5, at: 10)
        for same in try [content(4, at: 20), content(5, at: 20), floor] { #expect(floor.raised(to: same) == nil) }
        for later in try [content(6, at: 20), content(6), content(6, at: 5, by: 2)] {
            #expect(floor.raised(to: later) == later)
        }
        #expect(try Floor(.none).raised(to: content(1, at: 20)) == content(1, at: 20))
    }

    @Test("becomes what is written: two writes at once stay readable, whichever is remembered last")
    func replaced() throws {
        // The first one to be stamped is the last one that the store has taken.
        let (first, last) = (try content(6, at: 10), try content(5, at: 11))
        for order in [[first, last], [last, first]] {
            let floor = try #require(try content(4, at: 1).replaced(by: order[0])?.replaced(by: order[1]))
            #expect(!floor.outdates(first))
        }
        let deleted = Floor(try #require(SeenVersion(deletionAfter: 5)), written: try content(5, at: 11).written)
        #expect(try content(5, at: 10).replaced(by: deleted)?.outdates(content(6, at: 9)) == true)
        #expect(try Floor(.erasure).replaced(by: content(7, at: 10)) == nil)
    }

    @Test("holds nothing against what was written since a write began that is not known to have ended")
    func underWay() throws {
        func micros(_ seconds: UInt64) -> UInt64 { Self.start + seconds * Self.second }
        var floor = try content(5, at: 1000)
        var word = WritesUnderWay.begun(at: micros(990), 0)
        word = WritesUnderWay.begun(at: micros(995), word)
        floor.underWay = WritesUnderWay(bits: word)
        #expect(floor.underWay?.since == micros(990))
        #expect(try !floor.outdates(content(6, at: 990)) && floor.outdates(content(6, at: 989)))
        #expect(try floor.outdates(content(6, at: 390 - 1, by: 2)) && !floor.outdates(content(6, at: 390, by: 2)))
        word = WritesUnderWay.ended(at: micros(995), word)
        #expect(WritesUnderWay(bits: word)?.since == micros(990), "one of the two has not ended")
        #expect(WritesUnderWay.ended(at: micros(990), word) == 0)
        word = WritesUnderWay.begun(at: micros(1020), word)
        #expect(WritesUnderWay.ended(at: micros(1020), word) != 0)
        #expect(WritesUnderWay.ended(at: micros(1051), word) == 0, "no write takes a minute: its daemon was killed")
        word = (0..<5000).reduce(0) { word, _ in WritesUnderWay.begun(at: micros(1), word) }
        word = (0..<5000).reduce(word) { word, _ in WritesUnderWay.ended(at: micros(2), word) }
        #expect(WritesUnderWay(bits: word)?.since == micros(1), "so many are counted no more")
    }
}
