import Foundation
import Testing
import Transcripts

/// A daemon that does not run while token keys are rotated.
@Suite("Rotation of token keys beside a stopped daemon")
struct StoppedDaemonTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func copyRings(to folder: String) throws {
        for base in ["a", "b", "c"] {
            let copy = "\(folder)/base-\(base).keyring"
            if FileManager.default.fileExists(atPath: copy) { try FileManager.default.removeItem(atPath: copy) }
            try FileManager.default.copyItem(atPath: "\(scratch.home)/base-\(base).keyring", toPath: copy)
        }
    }

    /// Stops a daemon at a time when it does not write to base A, into which it carries its journal: it would hold the
    /// file's lock.
    private func stopBetweenWrites(_ daemon: ChildProcess) throws {
        let write = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        while true {
            daemon.signal(SIGSTOP)
            let outcome = try ChildProcess.python(["-c", write, "\(scratch.home)/base-a.sqlite"], in: scratch)
            if outcome.exitReason == .exited(0) { return }
            try #require(outcome.errorText.contains("database is locked"), "\(outcome.errorText)")
            daemon.signal(SIGCONT)
        }
    }

    @Test("a daemon that was stopped while the token key changed holds its ring against the store before it answers")
    func stopped() throws {
        let sample = try BureauSample.shared.get()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        let rings = scratch.path("rings")
        try FileManager.default.createDirectory(atPath: rings, withIntermediateDirectories: false)
        try copyRings(to: rings)
        let daemon = try ChildProcess.creditd(["--keyring-dir", rings], in: scratch)
        let cpf = try #require(sample.cpfs.first)
        func answer(_ id: Int, while change: () -> Void = {}) throws -> String {
            let params = #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#
            daemon.write(try TestRequest(id: id, "person.get", params).line)
            change()
            try #require(daemon.read(lines: id))
            return String(decoding: daemon.output.lines[id - 1], as: UTF8.self)
        }
        #expect(try answer(1).contains(#""result""#))
        try stopBetweenWrites(daemon)
        for command in [["rotate", "--begin-in", "5"], ["move"]] {
            let outcome = try ChildProcess.creditd(["keys", "tokens"] + command, in: scratch).finish()
            #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        }
        let refused = try answer(2) { daemon.signal(SIGCONT) }
        #expect(refused.contains("lacks token key 1"), "\(refused)")
        try copyRings(to: rings)
        let served = try answer(3)
        #expect(served.contains(#""result""#), "\(served)")
        #expect(daemon.finish().exitReason == .exited(0))
    }
}
