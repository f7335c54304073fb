import Glibc
import Testing
import Transcripts

/// How the daemon behaves as a process: its streams, its signals, its end.
@Suite("The process")
struct ProcessTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func ping(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"system.ping"}"# + "\n"
    }

    @Test("an empty input gives no output and the exit code 0")
    func emptyInput() throws {
        let outcome = try ChildProcess.serve([], in: scratch)
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    }

    @Test("requests are answered while the input stays open")
    func interactive() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        for id in 1...20 {
            daemon.write(ping(id))
            #expect(daemon.read(lines: id))
        }
        #expect(daemon.finish().exitReason == .exited(0))
    }

    @Test("the exit code is 74 when the reader closes stdout while answers are on their way")
    func outputClosedInFlight() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        for id in 0..<200 { daemon.write(String(repeating: ping(id), count: 500)) }
        #expect(daemon.read(lines: 1))
        daemon.output.close()
        #expect(daemon.waitForExit() == .exited(74))
    }

    @Test("the exit code is 74 when the reader closes stdout while the daemon waits for input")
    func outputClosedIdle() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(ping(1))
        #expect(daemon.read(lines: 1))
        daemon.output.close()
        #expect(daemon.waitForExit() == .exited(74))
    }

    @Test("the exit code is 74 when the reader closes stdout before the first request")
    func outputClosedAtOnce() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.output.close()
        #expect(daemon.waitForExit() == .exited(74))
    }

    @Test("the exit code is 74 when stdout is on a full device")
    func outputOnFullDevice() throws {
        let script = "printf '%s' '\(ping(1))' | exec \(try Binary.creditd()) --home '\(scratch.home)' > /dev/full"
        let shell = try ChildProcess.start("/bin/sh", ["-c", script + "; exit $?"], in: scratch)
        #expect(shell.finish().exitReason == .exited(74))
    }

    @Test("a daemon without stdout exits with 74 and writes no answer into its files")
    func outputMissing() throws {
        let daemon = try ChildProcess.creditd(in: scratch, output: .closed)
        let outcome = daemon.finish(writing: Array(ping(1).utf8))
        #expect(outcome.exitReason == .exited(74))
        #expect(outcome.output.isEmpty)
        #expect(
            try ChildProcess.serve(Array(ping(2).utf8), in: scratch).exitReason == .exited(0), "the stores are whole")
    }

    @Test("every request is served when stderr is closed", arguments: ["notice", "trace"])
    func errorsClosed(level: String) throws {
        let sample = try BureauSample.shared.get()
        let input = sample.bytes.split(separator: 0x0A).prefix(550).joined(separator: [0x0A])
        let outcome = try ChildProcess.serve(Array(input), ["--log-level", level], in: scratch, errors: .closed)
        #expect(outcome.exitReason == .exited(0))
        #expect(try Responses(outcome.output).byID.count == 550)
    }

    @Test("every request is served at level trace when stderr is full and never read")
    func errorsFull() throws {
        let sample = try BureauSample.shared.get()
        let outcome = try ChildProcess.serve(sample.bytes, ["--log-level", "trace"], in: scratch, errors: .full)
        #expect(outcome.exitReason == .exited(0))
        #expect(try Responses(outcome.output).byID.count == sample.requests.count)
    }

    @Test("a daemon that refuses to start ends even when stderr is full")
    func errorsFullAtStart() throws {
        let file = try scratch.write(text: "", to: "file")
        let daemon = try ChildProcess.creditd(home: "\(file)/home", in: scratch, errors: .full)
        #expect(daemon.finish().exitReason == .exited(69))
    }

    @Test("the log is written to stderr as JSON lines, and never to stdout")
    func log() throws {
        let daemon = try ChildProcess.creditd(["--log-level", "trace"], in: scratch)
        let outcome = daemon.finish(writing: Array(ping(1).utf8))
        #expect(try Responses(outcome.output).all.count == 1)
        let lines = outcome.errors.split(separator: 0x0A)
        #expect(!lines.isEmpty)
        for line in lines {
            let entry = try Tree(line)
            #expect(entry["time"]?.string != nil && entry["level"]?.string != nil && entry["message"]?.string != nil)
        }
    }

    @Test("an input file is served to its end")
    func fileInput() throws {
        let path = try scratch.write(text: (1...1000).map(ping).joined(), to: "input")
        let outcome = try ChildProcess.creditd(in: scratch, input: .file(path)).finish()
        #expect(outcome.exitReason == .exited(0))
        #expect(try Responses(outcome.output).byID.count == 1000)
    }

    @Test("two daemons on one fresh home serve at once, and see each other's writes")
    func twoDaemons() throws {
        let sample = try BureauSample.shared.get()
        let persons = sample.requests(of: "person.create").prefix(200)
        let reads = persons.map { person in
            let cpf = Tree.Member(key: "cpf", value: person.params["cpf"] ?? .null)
            let purpose = Tree.Member(key: "purpose", value: .string("credit_protection"))
            return TestRequest(id: person.id, "person.get", .object([cpf, purpose]))
        }
        // The sample in the repository has fewer persons than the sample beside it.
        let half = persons.count / 2
        let daemons = try [persons.prefix(half), persons.dropFirst(half).prefix(half)].map { share in
            let daemon = try ChildProcess.creditd(in: scratch)
            daemon.write(share.flatMap(\.line))
            return daemon
        }
        for daemon in daemons { #expect(daemon.read(lines: half), "\(daemon.finish().errorText)") }
        for daemon in daemons { daemon.write(reads.flatMap(\.line)) }
        for daemon in daemons {
            let outcome = daemon.finish()
            #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
            let answers = try Responses(lines: Array(outcome.output.split(separator: 0x0A).dropFirst(half)))
            for person in persons.prefix(2 * half) {
                let result = try #require(answers.result(person.id), "\(String(describing: answers.byID[person.id]))")
                #expect(result.covers(person.params))
            }
        }
    }
}
