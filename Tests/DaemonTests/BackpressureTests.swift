import Conformance
import Glibc
import Testing

/// What the daemon does when nobody reads its answers, and when it is told to stop.
@Suite("Backpressure and stopping")
struct BackpressureTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private static func echo(_ id: Int) -> [UInt8] {
        Array(
            (#"{"jsonrpc":"2.0","id":\#(id),"method":"system.echo","params":["\#(String(repeating: "x", count: 900))"]}"#
                + "\n").utf8)
    }

    /// Fills the daemon with requests until it takes no more for a second; gives how many are whole.
    ///
    /// Were the daemon only slow for that second, less would be tried; nothing would fail for it.
    private func fill(_ daemon: ChildProcess, limit: Int) -> (count: Int, cut: [UInt8]) {
        _ = fcntl(daemon.inputDescriptor, F_SETFL, O_NONBLOCK)
        defer { _ = fcntl(daemon.inputDescriptor, F_SETFL, 0) }
        for id in 0..<limit {
            var rest = Self.echo(id)[...]
            while !rest.isEmpty {
                var room = pollfd(fd: daemon.inputDescriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&room, 1, 1000) == 1, room.revents == Int16(POLLOUT) else { return (id, Array(rest)) }
                let count = rest.withUnsafeBytes { write(daemon.inputDescriptor, $0.baseAddress, $0.count) }
                if count > 0 { rest = rest.dropFirst(count) }
            }
        }
        return (limit, [])
    }

    @Test("when nobody reads stdout the daemon stops reading, and every answer comes when somebody does")
    func unreadOutput() throws {
        let limit = 200_000
        let daemon = try ChildProcess.creditd(in: scratch)
        let (count, cut) = fill(daemon, limit: limit)
        #expect(count < limit, "200 MB were read with nobody there to take the answers")
        let peak = try #require(daemon.residentPeakKiB)
        #expect(peak < 128 << 10, "\(peak) KiB")
        let outcome = daemon.finish(writing: cut)
        #expect(outcome.ending == .exited(0))
        let answers = try Answers(outcome.output)
        #expect(answers.all.count == count + (cut.isEmpty ? 0 : 1))
        #expect(answers.byID.count == answers.all.count)
        #expect(answers.byID.values.allSatisfy { $0["result"] != nil })
    }

    @Test("SIGTERM, SIGINT and SIGHUP on an idle daemon: exit 0", arguments: [SIGTERM, SIGINT, SIGHUP])
    func idleStop(number: Int32) throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
        #expect(daemon.output.read(lines: 1))
        daemon.signal(number)
        #expect(daemon.waitForEnd() == .exited(0))
    }

    /// The daemon and the test share the file's offset: so the test knows to the byte what was read.
    @Test("SIGTERM amid the sample: all that was read is answered, nothing else is, exit 0", arguments: [1, 3000])
    func busyStop(afterAnswers count: Int) throws {
        let sample = try Sample.bureau.get()
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(sample.path))
        #expect(daemon.output.read(lines: min(count, sample.requests.count / 2)))
        daemon.signal(SIGTERM)
        let outcome = daemon.finish()
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let whole = sample.bytes.prefix(daemon.inputFileOffset).count { $0 == 0x0A }
        let answers = try Answers(outcome.output)
        #expect(Set(answers.byID.keys) == Set(sample.requests.prefix(whole).map(\.id)))
    }

    @Test("SIGTERM while nobody reads stdout: everything that was read is answered once somebody does, exit 0")
    func blockedStop() throws {
        let limit = 100_000
        let input = (0..<limit).flatMap(Self.echo)
        let path = try scratch.write(text: String(decoding: input, as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        daemon.waitUntilSignalsAreTaken()
        let outcome = daemon.finish()
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let whole = input.prefix(daemon.inputFileOffset).count { $0 == 0x0A }
        #expect(whole > 0 && whole < limit, "\(whole) requests were read")
        let answers = try Answers(outcome.output)
        #expect(Set(answers.byID.keys) == Set((0..<whole).map(String.init)))
    }

    @Test("a second SIGTERM ends the daemon at once, answered or not")
    func secondSignal() throws {
        let path = try scratch.write(
            text: String(decoding: (0..<20_000).flatMap(Self.echo), as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        daemon.waitUntilSignalsAreTaken()
        daemon.signal(SIGTERM)
        #expect(daemon.waitForEnd() == .exited(128 + SIGTERM))
    }

    @Test("SIGTERM while nobody ever reads stdout: the grace time ends it with 75")
    func graceTime() throws {
        let path = try scratch.write(
            text: String(decoding: (0..<20_000).flatMap(Self.echo), as: UTF8.self), to: "input")
        let daemon = try ChildProcess.creditd(in: scratch, input: .file(path))
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        #expect(daemon.waitForEnd() == .exited(75))
    }
}
