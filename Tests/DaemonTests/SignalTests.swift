import Foundation
import Glibc
import Testing
import Transcripts

/// Signals at every stage of a process; the rows of the protocol have more.
@Suite("Signals")
struct SignalTests {
    private let scratch: ScratchFolder
    private let ping = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n"

    init() throws {
        scratch = try ScratchFolder()
    }

    @Test("while a start waits for a silent store, a signal ends it at once with 0", arguments: [SIGTERM, SIGINT])
    func silentStart(number: Int32) throws {
        #expect(try ChildProcess.serve([], in: scratch).exitReason == .exited(0))
        let server = try SilentServer()
        let daemon = try ChildProcess.creditd(
            ["--role", "owner", "--base-a", "postgresql://127.0.0.1:\(server.port)/x?connect_timeout=600"], in: scratch)
        #expect(server.waitForClient())
        daemon.signal(number)
        #expect(daemon.waitForExit() == .exited(0))
        #expect(daemon.errors.isEmpty)
    }

    @Test("a signal at any moment of the start ends the daemon, and the next start finds a whole home")
    func anyMoment() throws {
        for microseconds in stride(from: useconds_t(0), to: 60_000, by: 3_000) {
            let daemon = try ChildProcess.creditd(in: scratch)
            usleep(microseconds)
            daemon.signal(SIGTERM)
            // Before its first instruction the system ends it; afterwards it ends with 0.
            #expect([.exited(0), .signalled(SIGTERM)].contains(daemon.waitForExit()))
        }
        #expect(try ChildProcess.serve(Array(ping.utf8), in: scratch).exitReason == .exited(0))
    }

    /// Files are read beside the signals, so the log tells when they were.
    private func wait(until text: String, isSaidBy daemon: ChildProcess) {
        for _ in 0..<600 where !String(decoding: daemon.errors, as: UTF8.self).contains(text) { usleep(50_000) }
    }

    @Test("SIGHUP reads the level of the log again, and keeps the former where the file holds none")
    func logLevel() throws {
        let file = try scratch.write(text: "\u{FEFF}notice\n", to: "level")
        let daemon = try ChildProcess.creditd(["--log-level-file", file], in: scratch)
        daemon.write(ping)
        #expect(daemon.read(lines: 1))
        try "loud".write(toFile: file, atomically: true, encoding: .utf8)
        daemon.signal(SIGHUP)
        wait(until: "the former log level stays", isSaidBy: daemon)
        try "debug".write(toFile: file, atomically: true, encoding: .utf8)
        daemon.signal(SIGHUP)
        wait(until: "logLevel", isSaidBy: daemon)
        let outcome = daemon.finish(writing: Array(ping.utf8))
        #expect(outcome.exitReason == .exited(0))
        let entries = try outcome.errors.split(separator: 0x0A).map { try Tree($0) }
        #expect(entries.contains { $0["message"]?.string == "the former log level stays" })
        #expect(entries.contains { $0["logLevel"]?.string == "debug" })
        #expect(entries.last?["message"]?.string == "the connection has ended", "which is told at info")
    }

    @Test("a log level that cannot be used is refused at the start, and not repeated")
    func wrongLogLevel() throws {
        let loud = try scratch.write(text: "loud", to: "loud")
        for (arguments, environment, status) in [
            (["--log-level-file", loud], [:], 78), (["--log-level-file", scratch.path("none")], [:], 78),
            ([], ["CREDITD_LOG_LEVEL": "loud"], 64), ([], ["CREDITD_LOG_LEVEL_FILE": scratch.path("none")], 78),
        ] as [([String], [String: String], Int32)] {
            let outcome = try ChildProcess.creditd(arguments, in: scratch, environment: environment).finish()
            #expect(outcome.exitReason == .exited(status), "\(outcome.errorText)")
        }
        let flag = try ChildProcess.creditd(
            ["--log-level", "notice"], in: scratch, environment: ["CREDITD_LOG_LEVEL_FILE": scratch.path("none")])
        #expect(flag.finish().exitReason == .exited(0), "a flag wins over the environment")
    }

    @Test("a signal ends a run of cases at once, and leaves no daemon and no folder", arguments: [SIGTERM, SIGHUP])
    func testRun(number: Int32) throws {
        let file = try scratch.write(
            lines: [
                #"--> {"jsonrpc":"2.0","id":1,"method":"system.ping"}"#, #"<-- {"id":1,"result":"pong"}"#,
                "! leave stdout unread", ##"-->*1000000 {"jsonrpc":"2.0","id":\#,"method":"system.ping"}"##,
                "! wait until stdin is full", "! exit 0",
            ], to: "case.txt")
        let folder = scratch.path("temporary")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let run = try ChildProcess.creditd(["test", file], in: scratch, environment: ["TMPDIR": folder])
        let names = { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
        #expect(run.advance(isPolled: true) { names().first.map { isHome("\(folder)/\($0)/home") } ?? false })
        run.signal(number)
        #expect(run.waitForExit() == .exited(128 + number))
        #expect(names() == [])
        #expect(processes(naming: folder) == [])
    }

    /// Whether a daemon has opened its stores there.
    private func isHome(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/base-c.sqlite")
    }

    /// The running processes with a text in their arguments.
    private func processes(naming text: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.filter { number in
            guard Int(number) != nil, let words = FileManager.default.contents(atPath: "/proc/\(number)/cmdline")
            else { return false }
            return String(decoding: words, as: UTF8.self).contains("\(text)/creditd-test")
        }
    }

    @Test("a limit of the user's processes leads to answers or to 71 with a sentence, and never to a hang")
    func processLimit() throws {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
            return Absence(description: "root, whose processes may run as a user without any").record()
        }
        let user = "\(40_000 + getpid() % 20_000)"
        try FileManager.default.createDirectory(atPath: scratch.home, withIntermediateDirectories: true)
        chmod(scratch.path, 0o755)
        #expect(chown(scratch.home, uid_t(user) ?? 0, 0) == 0)
        let program = scratch.path("creditd")
        let original = URL(filePath: try Binary.creditd()).resolvingSymlinksInPath().path
        try FileManager.default.copyItem(atPath: original, toPath: program)
        var served = false
        for limit in 1...24 where !served {
            let daemon = try ChildProcess.start(
                "/usr/bin/prlimit",
                ["--nproc=\(limit)", "setpriv", "--reuid=\(user)", "--clear-groups", program, "--home", scratch.home],
                in: scratch)
            let outcome = daemon.finish(writing: Array(ping.utf8))
            served = outcome.exitReason == .exited(0) && !outcome.output.isEmpty
            guard !served else { continue }
            #expect(outcome.exitReason == .exited(71), "\(limit): \(outcome.errorText)")
            #expect(outcome.errorText.contains("thread"), "\(limit): \(outcome.errorText)")
        }
        #expect(served, "more threads than the daemon needs were allowed")
    }
}

/// A server that takes connections and says nothing.
final class SilentServer {
    struct Failure: Error {}

    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    /// Waits until somebody connects.
    func waitForClient() -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 180_000) == 1
    }
}
