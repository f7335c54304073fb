import Conformance
import Glibc
import Testing

/// kill -9 in the middle of the sample: whatever was answered is there afterwards.
@Suite("A crash")
struct CrashTests {
    @Test(
        "every write that was answered is there after kill -9",
        arguments: CrashMoment.random(below: try Sample.bureau.get().requests.count - 1))
    func writes(moment: CrashMoment) throws {
        let sample = try Sample.bureau.get()
        let scratch = try TemporaryFolder()
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(sample.bytes)
        try #require(daemon.output.read(lines: moment.answers))
        daemon.signal(SIGKILL)
        let killed = daemon.finish()
        #expect(killed.ending == .signalled(SIGKILL) || killed.ending == .exited(0), "\(killed.ending)")

        // The last line may be cut, and then was not an answer yet.
        let whole = killed.output[..<(killed.output.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)]
        let answers = try Answers(Array(whole))
        #expect(answers.all.count >= moment.answers)
        let answered = sample.requests.filter { answers.result($0.id) != nil }
        try checkReads(of: answered, answers: answers, in: scratch)
    }

    /// Starts again on the same home, and looks for what each answered request has written.
    private func checkReads(of answered: [Request], answers: Answers, in scratch: TemporaryFolder) throws {
        var reads: [Request] = []
        for request in answered {
            guard let read = read(for: request) else { continue }
            reads.append(read)
        }
        let outcome = try ChildProcess.serve(reads.flatMap(\.line), in: scratch)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let found = try Answers(outcome.output)
        for request in answered where read(for: request) != nil {
            let written = try #require(answers.result(request.id))
            let answer = try #require(found.byID[request.id], "no answer to the read for id \(request.id)")
            let result = try #require(answer["result"], "id \(request.id) was answered, and is lost: \(answer)")
            #expect(holds(result, request, written), "id \(request.id) was answered \(written), and reads \(result)")
        }
    }

    private func read(for request: Request) -> Request? {
        let cpf = Tree.Member(key: "cpf", value: request.params["cpf"] ?? .null)
        let page = Tree.Member(key: "limit", value: .number("100"))
        switch request.method {
        case "person.create":
            let purpose = Tree.Member(key: "purpose", value: .string("credit_protection"))
            return Request(id: request.id, "person.get", .object([cpf, purpose]))
        case "profile.put": return Request(id: request.id, "profile.get", .object([cpf]))
        case "event.record", "report.get": return Request(id: request.id, "event.history", .object([cpf, page]))
        case "score.compute": return Request(id: request.id, "score.history", .object([cpf, page]))
        default: return nil
        }
    }

    /// Whether a read shows what a request has written, of which `written` was the answer.
    private func holds(_ result: Tree, _ request: Request, _ written: Tree) -> Bool {
        switch request.method {
        case "event.record":
            (result["events"]?.elements ?? []).contains { event in
                event["eventId"] == written["eventId"]
                    && event.covers(.object(request.params.members.filter { $0.key != "cpf" }))
            }
        case "report.get":
            (result["events"]?.elements ?? []).contains { $0["eventId"] == written["reportId"] }
        case "score.compute":
            (result["scores"]?.elements ?? []).contains { $0 == written }
        default:
            result.covers(request.params)
        }
    }
}
