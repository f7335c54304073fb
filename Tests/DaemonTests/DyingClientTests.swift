import Foundation
import Testing
import Transcripts

/// Clients that fall silent, close their streams or die: no daemon outlives them or spins meanwhile.
@Suite("Clients that go away")
struct DyingClientTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func pings(_ count: Int) -> [UInt8] {
        (1...count).flatMap { Array("{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"system.ping\"}\n".utf8) }
    }

    @Test("a client killed by SIGKILL leaves no daemon behind", arguments: DoomedClient.all)
    func killed(_ doomed: DoomedClient) throws {
        let client = try doomed.start(in: scratch)
        try #require(client.read(lines: 1), "\(client.finish().errorText)")
        let daemon = try #require(pid_t(String(decoding: client.output.lines[0], as: UTF8.self)))
        let lifelines = try [daemon, client.processID].map {
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/fd/3")
        }
        #expect(lifelines[0] == lifelines[1], "the daemon holds the client's lifeline too")
        client.signal(SIGKILL)
        let reason = client.waitForExit()
        #expect(reason == .signalled(SIGKILL), "the lifeline hangs up when both are gone")
        if reason == .overdue { kill(daemon, SIGKILL) }
    }

    @Test(
        "a daemon whose client is silent uses no processor time",
        arguments: ["", #"{"jsonrpc":"2.0","id":2,"me"#, "   "])
    func silent(unfinishedLine: String) throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(1) + unfinishedLine.utf8)
        #expect(daemon.read(lines: 1))
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
    }

    @Test("a daemon with a flood of requests and no reader comes to rest, and answers all of them in the end")
    func unread() throws {
        let count = 150_000
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(count))
        daemon.waitUntilOutputPilesUp()
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        let outcome = daemon.finish()
        #expect(outcome.exitReason == .exited(0))
        let answers = outcome.output.split(separator: 0x0A)
        #expect(answers.count == count && Set(answers).count == count)
    }

    @Test("a daemon whose client closes stdin before it reads comes to rest", arguments: [true, false])
    func inputClosed(answersAreReadInTheEnd: Bool) throws {
        // More than a pipe holds.
        let count = 20_000
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(count))
        daemon.input.end()
        daemon.waitUntilOutputPilesUp()
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        if answersAreReadInTheEnd {
            let outcome = daemon.finish()
            #expect(outcome.exitReason == .exited(0))
            #expect(try Responses(outcome.output).byID.count == count)
        } else {
            daemon.output.close()
            #expect(daemon.waitForExit() == .exited(74))
        }
    }

    /// The daemon is stopped while the notifications go into the pipe, so that it finds them together with the end.
    @Test(
        "notifications that lie in the pipe are served when the reader of the answers has gone",
        arguments: [true, false])
    func notificationsInPipe(inputIsClosed: Bool) throws {
        let count = 200
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(pings(1))
        #expect(daemon.read(lines: 1))
        kill(daemon.processID, SIGSTOP)
        let notifications = (0..<count).map { event in
            #"{"jsonrpc":"2.0","method":"event.record","params":{"cpf":"52998224725","kind":"movement","#
                + #""occurredAt":"2026-01-31T12:00:00Z","eventId":"e-\#(event)","direction":"credit","amountCents":1,"#
                + #""channel":"pix"}}"# + "\n"
        }
        daemon.write(notifications.joined())
        #expect(daemon.input.isSent)
        if inputIsClosed { daemon.input.end() }
        daemon.output.close()
        kill(daemon.processID, SIGCONT)
        #expect(daemon.waitForExit() == .exited(74))
        let history = #"{"jsonrpc":"2.0","id":1,"method":"event.history","params":{"cpf":"52998224725","limit":100}}"#
        let answer = try ChildProcess.serve(Array((history + "\n").utf8), in: scratch)
        let page = try #require(try Responses(answer.output).result("1"))
        #expect(page["events"]?.elements.count == 100 && page["nextCursor"] != nil)
        let newest = page["events"]?.elements.compactMap { $0["eventId"]?.string }
        #expect(newest?.contains("e-\(count - 1)") == true, "the last notification took effect too")
    }

    @Test(
        "a daemon whose log nobody takes serves, comes to rest, and ends with its client",
        arguments: [ChildProcess.ErrorOutput.closed, .abandoned, .full])
    func errors(_ errors: ChildProcess.ErrorOutput) throws {
        let count = 5000
        let daemon = try ChildProcess.creditd(["--log-level", "trace"], in: scratch, errors: errors)
        daemon.write(pings(count))
        #expect(daemon.read(lines: count))
        #expect(daemon.comesToRest(beside: try BusyDaemon(in: scratch)))
        daemon.input.end()
        #expect(daemon.waitForExit() == .exited(0))
    }
}

/// A client in bash that prints the process id of its daemon and is then killed.
struct DoomedClient: Sendable {
    let situation: String
    /// The commands after the start of the daemon.
    private let script: String

    static let all = [
        DoomedClient(
            situation: "while it waits for an answer",
            script: """
                ping=$'{"jsonrpc":"2.0","id":1,"method":"system.ping"}\\n'
                printf %s "$ping" >&"${DAEMON[1]}"
                read -r answer <&"${DAEMON[0]}" && echo "$DAEMON_PID"
                read -r answer <&"${DAEMON[0]}"
                """),
        DoomedClient(
            situation: "in the middle of a line",
            script: """
                printf '{"jsonrpc":"2.0","id":1,"me' >&"${DAEMON[1]}"
                echo "$DAEMON_PID"
                read -r answer <&"${DAEMON[0]}"
                """),
        DoomedClient(
            situation: "while it floods the daemon and reads nothing",
            script: """
                line='{"jsonrpc":"2.0","id":%d,"method":"event.record","params":{"cpf":"52998224725",'
                line+='"kind":"movement","occurredAt":"2026-01-31T12:00:00Z","direction":"credit",'
                line+=$'"amountCents":1,"channel":"pix"}}\\n'
                for ((id = 0;; id++)); do
                    printf "$line" "$id" >&"${DAEMON[1]}"
                    ((id == 2000)) && echo "$DAEMON_PID"
                done
                """),
    ]

    func start(in scratch: ScratchFolder) throws -> ChildProcess {
        try ChildProcess.start(
            "/bin/bash", ["-c", "coproc DAEMON { exec \"$0\"; }\n" + script, try Binary.creditd()], in: scratch,
            environment: ["CREDITD_HOME": scratch.home])
    }
}

extension DoomedClient: CustomTestStringConvertible {
    var testDescription: String { situation }
}

/// A daemon that works while a test watches another process. Its processor time measures the watch, because a busy
/// machine slows both processes.
final class BusyDaemon {
    private let daemon: ChildProcess
    private var answers = 0

    init(in scratch: ScratchFolder) throws {
        daemon = try ChildProcess.creditd(home: scratch.freshPath("busy"), in: scratch)
    }

    /// Sends requests until the daemon has used `ticks` of processor time; false when the daemon is gone.
    func work(ticks: Int) -> Bool {
        guard let start = daemon.processorTicks else { return false }
        while let now = daemon.processorTicks, now - start < ticks {
            for _ in 0..<100 {
                answers += 1
                daemon.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
                guard daemon.read(lines: answers) else { return false }
            }
        }
        return daemon.exitReason == nil
    }
}

extension ChildProcess {
    /// Whether the child uses at most one clock tick of processor time while `other` uses twenty.
    ///
    /// Watches up to twenty times, because the child may have work to finish; a child that spins fails every time.
    func comesToRest(beside other: BusyDaemon) -> Bool {
        (0..<20).contains { _ in
            guard let before = processorTicks, other.work(ticks: 20), let after = processorTicks else { return false }
            return after - before <= 1
        }
    }
}
