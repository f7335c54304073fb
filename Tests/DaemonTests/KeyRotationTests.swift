import Foundation
import Testing
import Transcripts

/// The rotation of wrapping keys beside a daemon that serves.
@Suite("Rotation of keys")
struct KeyRotationTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func keys(_ arguments: String..., rings: String? = nil) throws -> ChildProcess.Outcome {
        let folder = rings.map { ["--keyring-dir", $0] } ?? []
        return try ChildProcess.creditd(["keys"] + arguments + folder, in: scratch).finish()
    }

    /// Copies the rings as they are, and returns the folder of the copies.
    private func copyRings(_ name: String) throws -> String {
        let folder = scratch.path(name)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for base in ["a", "b", "c"] {
            try FileManager.default.copyItem(
                atPath: "\(scratch.home)/base-\(base).keyring", toPath: "\(folder)/base-\(base).keyring")
        }
        return folder
    }

    /// Sends requests to a daemon that goes on, and expects no error.
    private func play(_ requests: [TestRequest], to daemon: ChildProcess, answered: Int) throws {
        for request in requests { daemon.write(request.line) }
        try #require(daemon.read(lines: answered + requests.count))
        let answers = try Responses(lines: daemon.output.lines.suffix(requests.count).map(Array.init))
        for answer in answers.all { #expect(answer["error"] == nil, "\(answer)") }
    }

    @Test("keys are rotated, all data keys wrapped anew and the former key retired, while a daemon serves")
    func rotation() throws {
        let sample = try BureauSample.shared.get()
        let daemon = try ChildProcess.creditd(in: scratch)
        try play(sample.requests, to: daemon, answered: 0)
        let count = sample.requests.count
        let subjects = sample.persons.count
        let former = try copyRings("former")

        #expect(try keys("retire", "1").errorText.contains("or no newer one"))
        let rotated = try keys("rotate")
        #expect(rotated.exitReason == .exited(0), "\(rotated.errorText)")
        #expect(rotated.text.contains("wraps with key 2 from now on"))
        let refused = try keys("retire", "1", "--only", "a")
        #expect(refused.exitReason == .exited(69))
        #expect(refused.errorText.contains("base A has \(subjects) data keys under key 1"), "\(refused.errorText)")
        let rewrapped = try keys("rewrap")
        #expect(rewrapped.exitReason == .exited(0), "\(rewrapped.errorText)")
        #expect(rewrapped.text.contains("\(subjects) of \(subjects) are under key 2"), "\(rewrapped.text)")
        #expect(try keys("rewrap").text.contains("A  0 data keys wrapped anew"))

        let reads = sample.cpfs.prefix(20).enumerated().flatMap { index, cpf in
            [
                try? TestRequest(id: 10_000 + index, "person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#),
                try? TestRequest(id: 20_000 + index, "profile.get", #"{"cpf":"\#(cpf)"}"#),
            ].compactMap(\.self)
        }
        try play(reads, to: daemon, answered: count)
        #expect(try keys("retire", "1").exitReason == .exited(0))
        let listed = try keys("list").text
        #expect(listed.contains("A  2  \(subjects) data keys, wraps new ones"), "\(listed)")
        #expect(!listed.contains("A  1") && !listed.contains("C  1"))
        let status = [try TestRequest(id: 30_000, "key.status", #"{"count":true}"#)]
        try play(status, to: daemon, answered: count + reads.count)
        let told = try Responses(lines: [Array(daemon.output.lines.last ?? [])]).all.first?["result"]
        #expect("\(told ?? .null)".contains(#""number":2,"inRing":true,"wrapsNew":true,"dataKeys":\#(subjects)"#))
        #expect(daemon.finish().exitReason == .exited(0))

        #expect(try keys("verify").text.contains("A  \(subjects) of \(subjects) data keys open"))
        let opened = try keys("verify", "--only", "a", rings: former)
        #expect(opened.exitReason == .exited(69))
        #expect(opened.text == "A  0 of \(subjects) data keys open\n", "a ring from before the rotation opens nothing")
    }

    @Test("a rewrapping that is killed goes on where it was, at its next run")
    func killed() throws {
        let sample = try BureauSample.shared.get()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        #expect(try keys("rotate").exitReason == .exited(0))
        for microseconds in [useconds_t(5_000), 15_000, 25_000] {
            let rewrap = try ChildProcess.creditd(["keys", "rewrap"], in: scratch)
            usleep(microseconds)
            rewrap.signal(SIGKILL)
            _ = rewrap.waitForExit()
        }
        #expect(try keys("rewrap").exitReason == .exited(0))
        #expect(try keys("retire", "1").exitReason == .exited(0))
        #expect(try keys("verify").exitReason == .exited(0))
    }
}
