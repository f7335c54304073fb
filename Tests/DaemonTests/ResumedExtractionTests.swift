import Foundation
import Testing
import Transcripts

/// `creditd features extract --resume`, after any end.
@Suite("Resumed extraction")
struct ResumedExtractionTests: ExtractionSuite {
    let scratch: ScratchFolder
    let sample: BureauSample

    init() throws {
        scratch = try ScratchFolder()
        sample = try BureauSample.shared.get()
    }

    /// Fills the bases, and returns the arguments of an extraction of 12 000 rows: more than a pipe holds.
    private func fillWithManyRows() throws -> [String] {
        try fill(people: 300)
        // Every instant is one at which all is recorded already.
        let filled = Date.now
        var labels = ["cpf,asOf,bad"]
        for round in 0..<40 {
            let asOf = Self.text(of: filled + 0.000_01 * Double(round))
            for (index, cpf) in sample.cpfs.prefix(300).enumerated() { labels.append("\(cpf),\(asOf),\(index % 2)") }
        }
        return ["--labels", try scratch.write(lines: labels, to: "labels.csv"), "--as-of", Self.now()]
    }

    /// Starts an extraction whose rows nobody reads: it stands still once the pipe is full, and its state is there.
    private func startAndBlock(_ arguments: [String], state: String) throws -> ChildProcess {
        let process = try start(arguments + ["--resume", state])
        process.waitUntilOutputPilesUp()
        #expect(FileManager.default.fileExists(atPath: state), "\(String(decoding: process.errors, as: UTF8.self))")
        return process
    }

    @Test("an extraction that is killed twice ends with the same bytes, and leaves nothing behind")
    func killed() throws {
        let arguments = try fillWithManyRows() + ["--reasons", "columns"]
        let whole = try start(arguments).finish()
        #expect(whole.exitReason == .exited(0), "\(whole.errorText)")
        #expect(rows(whole).count == 12_000)
        let state = scratch.path("state")
        for _ in 0..<2 {
            let process = try startAndBlock(arguments, state: state)
            process.signal(SIGKILL)
            #expect(process.waitForExit() == .signalled(SIGKILL))
            let personal = try PersonalTexts(of: sample).write(in: scratch)
            try FileSearch(personal, in: scratch).expectNothing(below: state, "in the state")
            try FileSearch(personal, in: scratch).expectNothing(below: "\(state).rows", "in the rows so far")
        }
        let resumed = try start(arguments + ["--resume", state]).finish()
        #expect(resumed.exitReason == .exited(0), "\(resumed.errorText)")
        #expect(resumed.output == whole.output)
        #expect(!FileManager.default.fileExists(atPath: state))
        #expect(!FileManager.default.fileExists(atPath: "\(state).rows"))
    }

    @Test("the audit log tells of how many rows an extraction had that a signal ends", arguments: [SIGTERM, SIGINT])
    func interrupted(signal: Int32) throws {
        let process = try startAndBlock(try fillWithManyRows(), state: scratch.path("state"))
        process.signal(signal)
        #expect(process.waitForExit() == .signalled(signal))
        let audit = try ChildProcess.creditd(["audit", "export"], in: scratch).finish().text
        let act =
            #""method":"features.extract --study study","purpose":"credit_protection","groups":[],"outcome":"#
        #expect(audit.components(separatedBy: act + #""failed","count":12000"#).count == 2)
        #expect(audit.components(separatedBy: act + #""granted","#).count == 2, "its beginning")
        #expect(!audit.contains(act + #""done","#), "no other end")
    }

    @Test("rows of people who were deleted or blocked while an extraction was interrupted are left out, and counted")
    func gone() throws {
        let arguments = try fillWithManyRows()
        let whole = rows(try start(arguments).finish())
        let state = scratch.path("state")
        let process = try startAndBlock(arguments, state: state)
        process.signal(SIGKILL)
        #expect(process.waitForExit() == .signalled(SIGKILL))
        let (deleted, blocked) = (sample.cpfs[0], sample.cpfs[1])
        // Who is left in one base was in the other one when the row was made.
        let (withoutProfile, withoutPerson) = (sample.cpfs[2], sample.cpfs[3])
        try serve([
            try TestRequest(id: 1, "person.delete", #"{"cpf":"\#(deleted)"}"#),
            try TestRequest(id: 2, "profile.delete", #"{"cpf":"\#(deleted)"}"#),
            try TestRequest(id: 3, "subject.block", #"{"cpf":"\#(blocked)"}"#),
            try TestRequest(id: 4, "profile.delete", #"{"cpf":"\#(withoutProfile)"}"#),
            try TestRequest(id: 5, "person.delete", #"{"cpf":"\#(withoutPerson)"}"#),
        ])
        let resumed = try start(arguments + ["--resume", state]).finish()
        #expect(resumed.errorText.contains(#""removedSince":160"#), "\(resumed.errorText)")
        let left = rows(resumed)
        #expect(left.count == 11_840)
        let gone = Set(whole.map { $0[0] }).subtracting(left.map { $0[0] })
        #expect(gone.count == 4 && left == whole.filter { !gone.contains($0[0]) })
    }

    @Test("a state goes on with no other extraction")
    func otherState() throws {
        try fill(people: 5)
        let state = scratch.path("state")
        let process = try start(["--resume", state, "--format", "ndjson"])
        _ = process.finish()
        _ = try scratch.write(text: #"{"format":1,"digest":"AAAA"}"#, to: "state")
        let refused = try start(["--resume", state]).finish()
        #expect(refused.exitReason == .exited(65))
        #expect(refused.errorText.contains("is no state of an extraction"))
    }

    @Test("rows that are not those of the state are refused, and so is a state that another extraction works with")
    func otherRows() throws {
        let state = scratch.path("state")
        let arguments = try fillWithManyRows()
        let process = try startAndBlock(arguments, state: state)
        let second = try start(arguments + ["--resume", state]).finish()
        process.signal(SIGKILL)
        #expect(process.waitForExit() == .signalled(SIGKILL))
        #expect(second.exitReason == .exited(75) && second.output.isEmpty, "\(second.errorText)")
        #expect(second.errorText.contains("another extraction is going on with \(state)"))

        #expect(truncate("\(state).rows", 3) == 0)
        let cut = try start(arguments + ["--resume", state]).finish()
        #expect(cut.exitReason == .exited(65) && cut.output.isEmpty, "\(cut.errorText)")
        #expect(cut.errorText.contains("delete \(state) and \(state).rows"))
    }
}
