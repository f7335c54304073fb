import Conformance
import Foundation
import Testing

/// Clients that fall silent, close their ends or die: no daemon outlives them, and none spins meanwhile.
@Suite("Clients that go away")
struct DyingClientTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func pings(_ count: Int) -> [UInt8] {
        (1...count).flatMap { Array("{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"system.ping\"}\n".utf8) }
    }

    @Test("a client killed by SIGKILL leaves no daemon behind", arguments: DoomedClient.all)
    func killed(_ doomed: DoomedClient) throws {
        let client = try doomed.start(in: scratch)
        try #require(client.output.read(lines: 1), "\(client.finish().errorText)")
        let daemon = try #require(pid_t(String(decoding: client.output.lines[0], as: UTF8.self)))
        let lifelines = try [daemon, client.processID].map {
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/fd/3")
        }
        #expect(lifelines[0] == lifelines[1], "the daemon holds the client's lifeline too")
        client.signal(SIGKILL)
        let ending = client.waitForEnd()
        #expect(ending == .signalled(SIGKILL), "the lifeline hangs up when both are gone")
        if ending == .overdue { kill(daemon, SIGKILL) }
    }

    @Test(
        "a daemon whose client is silent uses no processor time",
        arguments: ["", #"{"jsonrpc":"2.0","id":2,"me"#, "   "])
    func silent(unfinishedLine: String) throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(1) + unfinishedLine.utf8)
        #expect(daemon.output.read(lines: 1))
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
    }

    @Test("a daemon whose client floods it and reads nothing comes to rest, and answers everything in the end")
    func unread() throws {
        let count = 150_000
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(count))
        daemon.waitUntilOutputPilesUp()
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        let outcome = daemon.finish()
        #expect(outcome.ending == .exited(0))
        let answers = outcome.output.split(separator: 0x0A)
        #expect(answers.count == count && Set(answers).count == count)
    }

    @Test("a daemon whose client closes stdin and does not read yet comes to rest", arguments: [true, false])
    func inputClosed(answersAreReadInTheEnd: Bool) throws {
        let count = 5000
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(count))
        daemon.closeInput()
        daemon.waitUntilOutputPilesUp()
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        if answersAreReadInTheEnd {
            let outcome = daemon.finish()
            #expect(outcome.ending == .exited(0))
            #expect(try Answers(outcome.output).byID.count == count)
        } else {
            daemon.output.close()
            #expect(daemon.waitForEnd() == .exited(74))
        }
    }

    @Test(
        "a daemon whose client takes no log serves, rests and ends with it",
        arguments: [ChildProcess.Errors.closed, .abandoned, .full])
    func errors(_ errors: ChildProcess.Errors) throws {
        let count = 5000
        let daemon = try ChildProcess.creditd(["--log-level", "trace"], in: scratch, errors: errors)
        daemon.write(pings(count))
        #expect(daemon.output.read(lines: count))
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        daemon.closeInput()
        #expect(daemon.waitForEnd() == .exited(0))
    }
}
