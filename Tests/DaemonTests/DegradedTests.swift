import Foundation
import Testing
import Transcripts

/// What is served, told and logged when a base is down.
@Suite("A base that is down")
struct DegradedTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static let health = #"{"jsonrpc":"2.0","id":1,"method":"system.health"}"#
    private static let latest = #"{"jsonrpc":"2.0","id":2,"method":"event.latest","params":{"cpf":"52998224725"}}"#
    private static let read =
        #"{"jsonrpc":"2.0","id":3,"method":"person.get","params":{"cpf":"52998224725","purpose":"credit_protection"}}"#

    @Test("with --degraded the other bases are served, and the lost one is told in answers, health and log")
    func degraded() throws {
        _ = try ChildProcess.creditd(["keys", "init"], in: scratch).finish(writing: [])
        let lines = [Self.health, Self.latest, Self.read].map { $0 + "\n" }.joined()
        let arguments = ["--ordered", "--role", "owner", "--base-a", "postgresql://127.0.0.1:1/none"]
        let refused = try ChildProcess.creditd(arguments, in: scratch).finish(writing: Array(lines.utf8))
        #expect(refused.exitReason == .exited(69), "without the flag the daemon does not start")
        let served = try ChildProcess.creditd(arguments + ["--degraded"], in: scratch)
            .finish(writing: Array(lines.utf8))
        #expect(served.exitReason == .exited(0))
        let answers = served.text.split(separator: "\n")
        try #require(answers.count == 3)
        #expect(answers[0].contains(#""status":"degraded""#))
        #expect(answers[0].contains(#""base":"A","ready":false"#) && answers[0].contains(#""cause":"unreachable""#))
        #expect(answers[0].contains("Connection refused"))
        #expect(answers[0].contains(#""base":"C","ready":true"#))
        #expect(answers[1].contains(#""movement":null"#))
        #expect(answers[2].contains(#""code":1005"#))
        #expect(answers[2].contains(#""base":"A","cause":"unreachable""#))
        #expect(served.errorText.contains(#""level":"notice","message":"base A is lost""#))
    }

    /// A file system of one megabyte needs root, and a mount that nobody else sees.
    @Test("a full disk is told apart from a dead one, in answers, health, doctor and log", .enabled(if: geteuid() == 0))
    func full() throws {
        let disk = scratch.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        let record = { (id: Int) in
            """
            {"jsonrpc":"2.0","id":\(id),"method":"event.record","params":{"cpf":"52998224725","kind":"bureau_query",\
            "occurredAt":"2026-01-01T00:00:00Z","eventId":"e\(id)","bureau":"b","requester":"r"}}
            """
        }
        // The store is made, the disk is filled, requests are asked, and room is made again before the last ones. A
        // store is back when it has failed no call for a while.
        let script = """
            mount -t tmpfs -o size=1m tmpfs "$2" && cd "$2" || exit 99
            url="sqlite:$2/c.sqlite"
            echo '\(record(1))' | "$0" --home "$1" --role owner --base-c "$url" || exit 98
            answers="$1/../answers" log="$1/../log" asked=0
            : > "$answers" > "$log"
            ask() {
                asked=$((asked + 1))
                echo "$1"
                until test $(wc -l < "$answers") -eq $asked || ! kill -0 $$; do sleep 0.05; done
            }
            { ask '\(Self.health)'; cat /dev/zero > fill 2> /dev/null; ask '\(record(2))'; ask '\(Self.health)'
              "$0" doctor --home "$1" --base-c "$url" >&2
              rm fill
              until grep -q "base C is back" "$log" || ! kill -0 $$; do ask '\(record(3))'; ask '\(Self.health)'; done
            } | "$0" --home "$1" --role owner --base-c "$url" --ordered > "$answers" 2> "$log"
            cat "$log" >&2
            cat "$answers"
            """
        let outcome = try ChildProcess.start(
            "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script, try Binary.creditd(), scratch.home, disk], in: scratch
        ).finish(writing: [])
        let answers = outcome.text.split(separator: "\n")
        try #require(answers.count >= 6, "\(outcome.text) \(outcome.errorText)")
        #expect(answers[1].contains(#""status":"ok""#))
        #expect(answers[2].contains(#""code":1005"#))
        #expect(answers[2].contains(#""cause":"full""#))
        #expect(answers[2].contains(#""code":"SQLITE_FULL""#))
        #expect(answers[2].contains("The store is full; nothing was written."))
        #expect(answers[3].contains(#""status":"degraded""#))
        #expect(answers[3].contains(#""base":"C","ready":false"#) && answers[3].contains(#""cause":"full""#))
        #expect(answers[4].contains(#""recorded":true"#))
        #expect(answers.last?.contains(#""status":"ok""#) == true)
        #expect(outcome.errorText.contains("FAIL  base C"))
        #expect(outcome.errorText.contains("writes: full: the disk of the file is full (SQLITE_FULL)"))
        #expect(outcome.errorText.contains(#""level":"notice","message":"base C is lost""#))
        #expect(outcome.errorText.contains(#""level":"notice","message":"base C is back""#))
    }
}
