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
        #expect(try keys("retire", "1").exitReason == .exited(69))
        #expect(try keys("list", "--only", "c").text.contains("C  1"), "no ring is changed when one base refuses")
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
        #expect(try keys("retire", "1", "--only", "c").exitReason == .exited(0))
        let retired = try keys("retire", "1")
        #expect(retired.exitReason == .exited(0), "a ring that has it no more is passed over: \(retired.errorText)")
        #expect(retired.text.contains("has no key 1 any more") && retired.text.contains("had no key 1\n"))
        #expect(try keys("retire", "1").exitReason == .exited(0))
        #expect(try keys("retire", "7").exitReason == .exited(69), "no ring has ever had it")
        let listed = try keys("list").text
        #expect(listed.contains("A  2  \(subjects) data keys, at most "), "\(listed)")
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
        let both = try keys("verify", rings: former)
        #expect(both.exitReason == .exited(69))
        #expect(both.text.contains("A  0 of \(subjects)") && both.text.contains("B  0 of"), "\(both.text)")
    }

    @Test("an old copy of a ring is refused at the start, told by doctor, not rotated, and noticed while a daemon runs")
    func oldCopy() throws {
        let sample = try BureauSample.shared.get()
        let creations = sample.requests(of: "person.create")
        #expect(try ChildProcess.serve(creations[0].line, in: scratch).exitReason == .exited(0))
        let former = try copyRings("former")
        let old = try ChildProcess.creditd(["--keyring-dir", former], in: scratch)
        let ping = try TestRequest(id: 1, "system.ping", "{}")
        try play([ping], to: old, answered: 0)
        #expect(try keys("rotate").exitReason == .exited(0))

        let sentence = "the key ring is an old copy: it lacks wrapping key 2"
        let refused = try ChildProcess.creditd(["--keyring-dir", former], in: scratch).finish()
        #expect(refused.exitReason == .exited(69) && refused.errorText.contains("base A: \(sentence)"))
        let doctor = try ChildProcess.creditd(["doctor", "--keyring-dir", former], in: scratch).finish()
        #expect(doctor.exitReason == .exited(69))
        for base in ["A", "B", "C"] { #expect(doctor.text.contains("FAIL  base \(base)")) }
        #expect(doctor.text.contains("\(sentence), which the store has seen. Put the ring of the last"))
        let apart = try keys("rotate", rings: former)
        #expect(apart.exitReason == .exited(69) && apart.errorText.contains(sentence), "\(apart.errorText)")

        old.write(creations[1].line)
        try #require(old.read(lines: 2))
        let answer = String(decoding: old.output.lines[1], as: UTF8.self)
        #expect(answer.contains(#""code":"old_key_ring""#) && answer.contains("nothing was written"), "\(answer)")
        let fresh = try ChildProcess.creditd(in: scratch)
        try play([creations[1]], to: fresh, answered: 0)
        let cpf = sample.cpfs[1]
        old.write(
            try TestRequest(id: 9, "person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#).line)
        try #require(old.read(lines: 3))
        #expect(
            old.advance(isPolled: true) {
                String(decoding: old.errors, as: UTF8.self).contains("its key ring has to be replaced")
            })
        #expect(fresh.finish().exitReason == .exited(0))
        #expect(old.finish().exitReason == .exited(0))
        let refusals = try ChildProcess.creditd(["audit", "export"], in: scratch).finish().text.split(separator: "\n")
            .filter { $0.contains(#""method":"ring.refused","groups":[],"outcome":"failed""#) }
        #expect(Set(refusals.compactMap { $0.firstMatch(of: #/"process":"([^"]*)"/#)?.1 }).count == 2, "\(refusals)")
        #expect(refusals.contains { $0.contains(#""base":"A""#) }, "the start that was refused, and the daemon")

        // The copy of the new ring is taken at SIGHUP, without a start.
        let late = try ChildProcess.creditd(["--keyring-dir", try copyRings("late")], in: scratch)
        try play([ping], to: late, answered: 0)
        #expect(try keys("rotate").exitReason == .exited(0))
        late.signal(SIGHUP)
        #expect(
            late.advance(isPolled: true) {
                String(decoding: late.errors, as: UTF8.self).contains("base B cannot be written")
            })
        #expect(late.finish().exitReason == .exited(0))
        #expect(try keys("list").text.contains("A  3  0 data keys, at most 0 encryptions, wraps new ones"))
    }

    @Test("a ring may be wrapped by a program, and nobody reads it without")
    func provider() throws {
        // It reverses the letters, which hides nothing; what counts is who calls it with what.
        let program = try scratch.write(
            text: "#!/bin/sh\ncase $1 in wrap|unwrap) exec tr 'a-zA-Z0-9' 'A-Za-z9876543210';; *) exit 1;; esac\n",
            to: "provider")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let failing = try scratch.write(text: "#!/bin/sh\nexit 1\n", to: "failing")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: failing)
        let reversed = try scratch.write(
            text: "#!/bin/sh\nif [ $1 = wrap ]; then exec rev; else exec rev; fi\n", to: "reversed")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: reversed)
        let ping = Array((#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n").utf8)
        func serve(_ provider: String?) throws -> ChildProcess.Outcome {
            let variable = provider.map { ["CREDITD_KEY_PROVIDER_A": $0] } ?? [:]
            return try ChildProcess.creditd(in: scratch, environment: variable).finish(writing: ping)
        }
        #expect(try serve("exec:\(reversed)").exitReason == .exited(0))
        let ring = try String(contentsOfFile: "\(scratch.home)/base-a.keyring", encoding: .utf8)
        #expect(ring.hasPrefix("creditd key ring 2\n") && !ring.contains("token"))
        #expect(try serve("exec:\(reversed)").exitReason == .exited(0))
        #expect(try serve(nil).errorText.contains("the key ring is wrapped; name the program"))
        #expect(try serve("exec:\(failing)").errorText.contains("failed, or took half a minute"))
        #expect(try serve("exec:\(program)").exitReason == .exited(69), "another program's text is no ring")
        #expect(try serve("kms").exitReason == .exited(64))
        let rotated = try keys("rotate", "--only", "a", "--key-provider-a", "exec:\(reversed)")
        #expect(rotated.text.contains("wraps with key 2 from now on"), "\(rotated.errorText)")
        #expect(try serve("exec:\(reversed)").exitReason == .exited(0))
    }

    @Test(
        "a program that wraps what it cannot unwrap leaves the ring as it is",
        arguments: [["rotate"], ["retire", "1"], ["tokens", "rotate"]])
    func lossyProvider(change: [String]) throws {
        let program = try scratch.write(
            text: """
                #!/bin/sh
                if [ $1 = wrap ] && [ -e \(scratch.path("broken")) ]; then cat >/dev/null; exec echo junk; fi
                exec rev

                """, to: "lossy")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let options = ["--only", "a", "--key-provider-a", "exec:\(program)"]
        let variable = ["CREDITD_KEY_PROVIDER_A": "exec:\(program)"]
        #expect(try ChildProcess.creditd(in: scratch, environment: variable).finish().exitReason == .exited(0))
        let path = "\(scratch.home)/base-a.keyring"
        if change == ["retire", "1"] {
            let rotated = try ChildProcess.creditd(["keys", "rotate"] + options, in: scratch).finish()
            #expect(rotated.exitReason == .exited(0), "\(rotated.errorText)")
        }
        let ring = try String(contentsOfFile: path, encoding: .utf8)
        _ = try scratch.write(text: "", to: "broken")
        let outcome = try ChildProcess.creditd(["keys"] + change + options, in: scratch).finish()
        #expect(outcome.exitReason == .exited(69), "\(outcome.text)")
        #expect(outcome.errorText.contains("wraps and unwraps the key ring failed"), "\(outcome.errorText)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == ring)
        #expect(try ChildProcess.creditd(in: scratch, environment: variable).finish().exitReason == .exited(0))
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

    @Test("all subjects get new data keys while a daemon serves, also after kill -9 at any point")
    func resealed() throws {
        let sample = try BureauSample.shared.get()
        let daemon = try ChildProcess.creditd(in: scratch)
        try play(sample.requests, to: daemon, answered: 0)
        var answered = sample.requests.count
        let reads = try sample.cpfs.prefix(100).enumerated().flatMap { index, cpf in
            [
                try TestRequest(id: 10_000 + index, "person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#),
                try TestRequest(id: 20_000 + index, "profile.get", #"{"cpf":"\#(cpf)"}"#),
            ]
        }
        try play(reads, to: daemon, answered: answered)
        let before = daemon.output.lines.suffix(reads.count).map(Array.init)
        answered += reads.count
        // Some are killed while they begin, when one base knows of the run and the other does not.
        for microseconds in stride(from: useconds_t(4_000), to: 44_000, by: 4_000) {
            let reseal = try ChildProcess.creditd(["keys", "reseal"], in: scratch)
            try play(reads, to: daemon, answered: answered)
            answered += reads.count
            usleep(microseconds)
            reseal.signal(SIGKILL)
            _ = reseal.waitForExit()
        }
        let ended = try keys("reseal")
        #expect(ended.exitReason == .exited(0), "\(ended.errorText)")
        #expect(ended.text.contains(" of \(sample.persons.count) subjects sealed anew in "), "\(ended.text)")
        try play(reads, to: daemon, answered: answered)
        answered += reads.count
        let after = daemon.output.lines.suffix(reads.count).map(Array.init)
        #expect(Set(after) == Set(before), "versions and times stay")
        let listed = try keys("list").text
        #expect(listed.contains("A  data keys: \(sample.persons.count) of generation "), "\(listed)")
        #expect(!listed.contains(/of generation 1\b/), "nothing is left under the former data keys: \(listed)")
        #expect(try keys("verify").exitReason == .exited(0))

        let cpf = try #require(sample.cpfs.first)
        let one = try ChildProcess.creditd(["keys", "reseal", "--cpf", "-", "--only", "a"], in: scratch)
            .finish(writing: Array("\(cpf)\n".utf8))
        #expect(one.exitReason == .exited(0) && one.text == "A  the subject sealed anew\n", "\(one.errorText)")
        let wrong = try ChildProcess.creditd(["keys", "reseal", "--cpf", "\(cpf)"], in: scratch).finish()
        #expect(wrong.exitReason == .exited(64) && !wrong.errorText.contains("\(cpf)"))
        let noCPF = try ChildProcess.creditd(["keys", "reseal", "--cpf", "-"], in: scratch)
            .finish(writing: Array("52998224724\0\n".utf8))
        #expect(noCPF.exitReason == .exited(65) && !noCPF.errorText.contains("529"))
        try play(reads, to: daemon, answered: answered)
        #expect(daemon.finish().exitReason == .exited(0))
    }

    @Test("all subjects are moved to tokens of a new key while a daemon serves, also after kill -9 at any point")
    func tokensMoved() throws {
        let sample = try BureauSample.shared.get()
        let daemon = try ChildProcess.creditd(in: scratch)
        try play(sample.requests, to: daemon, answered: 0)
        var answered = sample.requests.count
        let former = try copyRings("former")
        let reads = try sample.cpfs.prefix(100).enumerated().flatMap { index, cpf in
            [
                try TestRequest(id: 10_000 + index, "person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#),
                try TestRequest(id: 20_000 + index, "profile.get", #"{"cpf":"\#(cpf)"}"#),
                try TestRequest(id: 30_000 + index, "event.latest", #"{"cpf":"\#(cpf)"}"#),
            ]
        }
        func answers() throws -> Set<[UInt8]> {
            try play(reads, to: daemon, answered: answered)
            answered += reads.count
            return Set(daemon.output.lines.suffix(reads.count).map(Array.init))
        }
        let before = try answers()
        try copyBaseB(to: scratch.path("copy"))

        #expect(try keys("tokens", "move").text.contains("A  has one token key, and nothing to move"))
        let rotated = try keys("tokens", "rotate", "--begin-in", "5")
        #expect(rotated.exitReason == .exited(0), "\(rotated.errorText)")
        #expect(try keys("tokens", "rotate").errorText.contains("to which subjects are still to be moved"))
        // Through the time before, the pause and the change of the key.
        for _ in 0..<70 {
            #expect(try answers() == before)
            usleep(100_000)
        }
        let refused = try keys("rewrap")
        #expect(refused.exitReason == .exited(69), "\(refused.errorText)")
        #expect(refused.errorText.contains("keys tokens move"), "\(refused.errorText)")
        for microseconds in [useconds_t(20_000), 60_000, 120_000] {
            let move = try ChildProcess.creditd(["keys", "tokens", "move"], in: scratch)
            usleep(microseconds)
            #expect(try answers() == before)
            move.signal(SIGKILL)
            _ = move.waitForExit()
        }
        let moved = try keys("tokens", "move")
        #expect(moved.exitReason == .exited(0), "\(moved.errorText)")
        for line in moved.text.split(separator: "\n") {
            #expect(line.contains(/^[ABC]  \d+ tokens moved in .* s, nothing is left under former keys$/), "\(line)")
        }
        #expect(moved.text.split(separator: "\n").count == 3, "\(moved.text)")
        let listed = try keys("tokens", "list").text
        for base in ["A", "B", "C"] { #expect(listed.contains("\(base)  0 tokens of former keys"), "\(listed)") }
        #expect(try answers() == before)
        #expect(try keys("rewrap").exitReason == .exited(0))
        #expect(daemon.finish().exitReason == .exited(0))

        let old = try ChildProcess.creditd(["--keyring-dir", former], in: scratch).finish()
        #expect(old.exitReason == .exited(69) && old.errorText.contains("lacks token key 1"), "\(old.errorText)")
        // What is written under the new tokens fits what was written under the former ones.
        let writes = try sample.cpfs.prefix(100).enumerated().flatMap { index, cpf in
            [
                try TestRequest(
                    id: 40_000 + index, "person.update",
                    #"{"cpf":"\#(cpf)","patch":{"email":"nova@example.com"}}"#),
                try TestRequest(
                    id: 50_000 + index, "profile.update", #"{"cpf":"\#(cpf)","patch":{"housing":"own"}}"#),
            ]
        }
        #expect(try ChildProcess.serve(writes.flatMap { Array($0.line) }, in: scratch).exitReason == .exited(0))
        let check = try ChildProcess.creditd(["consistency", "check"], in: scratch).finish()
        #expect(check.exitReason == .exited(0), "\(check.text)\(check.errorText)")
        let rewritten = try served(reads)
        #expect(rewritten.count == before.count && rewritten != before)

        // A base that was put back from before is moved again.
        try putBaseBBack(from: scratch.path("copy"))
        let profiles = reads.filter { $0.method == "profile.get" }
        let outdated = try served(profiles).filter { String(decoding: $0, as: UTF8.self).contains(#""code":1014"#) }
        #expect(outdated.count == 100, "this machine has seen newer ones")
        #expect(try keys("rewrap").exitReason == .exited(69), "its subjects are being moved")
        #expect(try keys("tokens", "move").exitReason == .exited(0))
        #expect(try keys("rewrap").exitReason == .exited(0))
        #expect(try ChildProcess.creditd(["consistency", "accept"], in: scratch).finish().exitReason == .exited(0))
        let accepted = try served(profiles)
        #expect(accepted.count == 100 && accepted.isSubset(of: before))

        let last = try served(reads)
        #expect(try keys("tokens", "rotate", "--begin-in", "5").exitReason == .exited(0))
        #expect(try keys("tokens", "move").exitReason == .exited(0))
        #expect(try served(reads) == last, "from the second key to the third")
    }

    /// The answers of a daemon of its own.
    private func served(_ requests: [TestRequest]) throws -> Set<[UInt8]> {
        let outcome = try ChildProcess.serve(requests.flatMap { Array($0.line) }, in: scratch)
        return Set(outcome.text.split(separator: "\n").map { Array($0.utf8) })
    }

    /// Copies base B as it is, while nobody writes.
    private func copyBaseB(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for name in ["base-b.sqlite", "base-b.sqlite-wal"]
        where
            FileManager.default.fileExists(atPath: "\(scratch.home)/\(name)")
        {
            try FileManager.default.copyItem(atPath: "\(scratch.home)/\(name)", toPath: "\(folder)/\(name)")
        }
    }

    private func putBaseBBack(from folder: String) throws {
        for name in ["base-b.sqlite", "base-b.sqlite-wal", "base-b.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: "\(scratch.home)/\(name)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(scratch.home)/\(name)")
        }
    }

    @Test("a person who does not open keeps no other base from new data keys, nor from an end")
    func damaged() throws {
        let sample = try BureauSample.shared.get()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        let damage =
            "import sqlite3; base = sqlite3.connect('\(scratch.home)/base-a.sqlite'); "
            + "base.execute('UPDATE person SET identity = zeroblob(64) "
            + "WHERE rowid = (SELECT min(rowid) FROM person)'); "
            + "base.commit()"
        #expect(try ChildProcess.python(["-c", damage], in: scratch).exitReason == .exited(0))
        #expect(try keys("reseal", "--only", "a").exitReason == .exited(69))
        // Of the run in base A base B knows nothing.
        let all = try keys("reseal")
        #expect(all.exitReason == .exited(69))
        let persons = sample.persons.count
        #expect(all.text.contains("B  \(persons) of \(persons) subjects sealed anew in "), "\(all.text)")
        let listed = try keys("list").text.split(separator: "\n").filter { $0.contains("has not ended") }
        #expect(listed.count == 1 && listed[0].hasPrefix("A"), "\(listed)")
    }
}
