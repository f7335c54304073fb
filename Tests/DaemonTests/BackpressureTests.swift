import Glibc
import Testing
import Transcripts

/// What the daemon does when nobody reads its answers, and when it is told to stop.
@Suite("Backpressure and stopping")
struct BackpressureTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static func echo(_ id: Int) -> [UInt8] {
        Array(
            (#"{"jsonrpc":"2.0","id":\#(id),"method":"system.echo","params":["\#(String(repeating: "x", count: 900))"]}"#
                + "\n").utf8)
    }

    /// Sends requests until the daemon takes nothing for a second; returns how many were sent, the last one perhaps in
    /// part.
    ///
    /// A daemon that is only slow for a second gets fewer requests; no test fails then.
    private func fill(_ daemon: ChildProcess, limit: Int) -> Int {
        daemon.output.isRead = false
        for id in 0..<limit {
            daemon.write(Self.echo(id))
            guard daemon.advance(within: .seconds(1), until: { daemon.input.isSent }) else { return id + 1 }
        }
        return limit
    }

    @Test("a daemon whose output nobody reads stops reading, and gives every answer when somebody reads again")
    func unreadOutput() throws {
        let limit = 200_000
        let daemon = try ChildProcess.creditd(in: scratch)
        let count = fill(daemon, limit: limit)
        #expect(count < limit, "200 MB were read with nobody there to take the answers")
        let peak = try #require(daemon.peakMemoryKiB)
        #expect(peak < 128 << 10, "\(peak) KiB")
        let outcome = daemon.finish()
        #expect(outcome.exitReason == .exited(0))
        let answers = try Responses(outcome.output)
        #expect(answers.all.count == count)
        #expect(answers.byID.count == answers.all.count)
        #expect(answers.byID.values.allSatisfy { $0["result"] != nil })
    }

    @Test("SIGTERM and SIGINT end an idle daemon with 0", arguments: [SIGTERM, SIGINT])
    func idleStop(number: Int32) throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
        #expect(daemon.read(lines: 1))
        daemon.signal(number)
        #expect(daemon.waitForExit() == .exited(0))
    }

    /// The daemon shares the offset of the file with the test, so that the test knows which bytes were read.
    @Test(
        "after SIGTERM amid the sample, exactly the requests that were read are answered, and the exit code is 0",
        arguments: [1, 3000])
    func busyStop(afterAnswers count: Int) throws {
        let sample = try BureauSample.shared.get()
        let path = try scratch.write(text: String(decoding: sample.bytes, as: UTF8.self), to: "sample")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        #expect(daemon.read(lines: min(count, sample.requests.count / 2)))
        daemon.signal(SIGTERM)
        let outcome = daemon.finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let whole = sample.bytes.prefix(daemon.inputFileOffset).count { $0 == 0x0A }
        let answers = try Responses(outcome.output)
        #expect(Set(answers.byID.keys) == Set(sample.requests.prefix(whole).map(\.id)))
    }

    @Test("after SIGTERM while nobody reads stdout, every request that was read is answered once somebody reads")
    func blockedStop() throws {
        let limit = 100_000
        let input = (0..<limit).flatMap(Self.echo)
        let path = try scratch.write(text: String(decoding: input, as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        let outcome = daemon.finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let whole = input.prefix(daemon.inputFileOffset).count { $0 == 0x0A }
        #expect(whole > 0 && whole < limit, "\(whole) requests were read")
        let answers = try Responses(outcome.output)
        #expect(Set(answers.byID.keys) == Set((0..<whole).map(String.init)))
    }

    @Test("a second SIGTERM ends the daemon at once, even with calls unanswered")
    func secondSignal() throws {
        let path = try scratch.write(
            text: String(decoding: (0..<20_000).flatMap(Self.echo), as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit() == .exited(128 + SIGTERM))
    }

    @Test("after SIGTERM while nobody ever reads stdout, the daemon ends with 75 when the grace time is over")
    func graceTime() throws {
        let path = try scratch.write(
            text: String(decoding: (0..<20_000).flatMap(Self.echo), as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit() == .exited(75))
    }
}
