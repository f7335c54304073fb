import Foundation
import Testing
import Transcripts

/// Memory while nobody reads the answers, whatever is asked.
@Suite("The bound of memory")
struct MemoryBoundTests {
    private static let people = ["52998224725", "11144477735"]
    private static let responseStart = Data(#"{"jsonrpc":"2.0","id":"#.utf8)
    private static let batchStart = Data(#"[{"jsonrpc":"2.0","id":"#.utf8)
    private static let error = Data(#""error":"#.utf8)

    @Test(
        "with any mix of valid requests and answers unread, memory stays below 128 MiB; then every id is answered once",
        arguments: [(1, false), (2, true), (3, false), (4, true)] as [(UInt64, Bool)])
    func mixes(seed: UInt64, isOrdered: Bool) throws {
        let scratch = try ScratchFolder()
        let prepared = try ChildProcess.serve(RequestMix.largeRecords(of: Self.people), in: scratch)
        try #require(prepared.exitReason == .exited(0) && Data(prepared.output).range(of: Self.error) == nil)
        let mix = try RequestMix(seed: seed, messages: 150, people: Self.people)
        let daemon = try ChildProcess.creditd(isOrdered ? ["--ordered"] : [], in: scratch)
        daemon.output.isRead = false
        daemon.write(mix.input)
        _ = daemon.advance(within: .seconds(3)) { daemon.input.isSent }
        let unread = try #require(daemon.peakMemoryKiB)
        #expect(unread < 128 << 10, "\(unread) KiB while nobody reads")
        daemon.output.isRead = true
        #expect(daemon.read(lines: mix.lineCount))
        let peak = try #require(daemon.peakMemoryKiB)
        #expect(peak < 128 << 10, "\(peak) KiB at the end")
        let lines = daemon.output.lines
        #expect(lines.allSatisfy { $0.starts(with: Self.responseStart) || $0.starts(with: Self.batchStart) })
        let outcome = daemon.finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answered = Self.ids(in: outcome.output)
        #expect(answered.count == mix.ids.count)
        #expect(Set(answered) == mix.ids)
    }

    @Test("small answers first and large ones then, in one flood, stay below 128 MiB")
    func suddenlyLarge() throws {
        let scratch = try ScratchFolder()
        // The most bytes that a name of 200 characters has, and the most debts.
        let longest = String(repeating: "😀", count: 200)
        let records = RequestMix.largeRecords(of: Self.people, creditor: longest, settledDebts: 100)
        let prepared = try ChildProcess.serve(records, in: scratch)
        try #require(prepared.exitReason == .exited(0))
        func get(_ id: Int, _ cpf: String) -> String {
            #"{"jsonrpc":"2.0","id":\#(id),"method":"person.get","params":{"cpf":"\#(cpf)","purpose":"credit_protection"}}"#
                + "\n"
        }
        let lines = (0..<3150).map { get($0, $0 < 3000 ? "39053344705" : Self.people[$0 % Self.people.count]) }
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.output.isRead = false
        daemon.write(lines.joined())
        _ = daemon.advance(within: .seconds(3)) { daemon.input.isSent }
        daemon.output.isRead = true
        #expect(daemon.read(lines: lines.count))
        let peak = try #require(daemon.peakMemoryKiB)
        #expect(peak < 128 << 10, "\(peak) KiB")
        // Each response is a line, so that the output need not be searched, which takes long with answers of this size.
        let answered = daemon.output.lines.map { line in
            let id = line.dropFirst(Self.responseStart.count).prefix { $0 != UInt8(ascii: ",") }
            return String(decoding: id, as: UTF8.self)
        }
        #expect(Set(answered).count == lines.count)
        #expect(daemon.finish().exitReason == .exited(0))
    }

    /// The ids of all responses, those in batches included: a string in JSON cannot hold the quotes of the beginning.
    private static func ids(in output: [UInt8]) -> [String] {
        var ids: [String] = []
        var rest = Data(output)[...]
        while let start = rest.range(of: responseStart) {
            let id = rest[start.upperBound...].prefix { $0 != UInt8(ascii: ",") }
            ids.append(String(decoding: id, as: UTF8.self))
            rest = rest[id.endIndex...]
        }
        return ids
    }
}
