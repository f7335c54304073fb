import Foundation
import Testing
import Transcripts

/// kill -9 in the middle of the sample: every answered write is stored.
@Suite("A crash")
struct CrashTests {
    @Test(
        "every answered write is stored after kill -9",
        arguments: CrashPoint.random(below: try BureauSample.shared.get().requests.count - 1))
    func writes(point: CrashPoint) throws {
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(sample.bytes)
        try #require(daemon.read(lines: point.answers))
        daemon.signal(SIGKILL)
        let killed = daemon.finish()
        #expect(killed.exitReason == .signalled(SIGKILL) || killed.exitReason == .exited(0), "\(killed.exitReason)")

        // An unfinished last line is no answer.
        let whole = killed.output[..<(killed.output.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)]
        let answers = try Responses(Array(whole))
        #expect(answers.all.count >= point.answers)
        let answered = sample.requests.filter { answers.result($0.id) != nil }
        try checkReads(of: answered, answers: answers, in: scratch)
    }

    /// Starts a daemon on the same home and reads what each answered request wrote.
    private func checkReads(of answered: [TestRequest], answers: Responses, in scratch: ScratchFolder) throws {
        var reads: [TestRequest] = []
        for request in answered {
            guard let read = read(for: request) else { continue }
            reads.append(read)
        }
        let outcome = try ChildProcess.serve(reads.flatMap(\.line), in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let found = try Responses(outcome.output)
        for request in answered where read(for: request) != nil {
            let written = try #require(answers.result(request.id))
            let answer = try #require(found.byID[request.id], "no answer to the read for id \(request.id)")
            let result = try #require(answer["result"], "id \(request.id) was answered, and is lost: \(answer)")
            #expect(holds(result, request, written), "id \(request.id) was answered \(written), and reads \(result)")
        }
    }

    private func read(for request: TestRequest) -> TestRequest? {
        let cpf = Tree.Member(key: "cpf", value: request.params["cpf"] ?? .null)
        let page = Tree.Member(key: "limit", value: .number("100"))
        switch request.method {
        case "person.create":
            let purpose = Tree.Member(key: "purpose", value: .string("credit_protection"))
            return TestRequest(id: request.id, "person.get", .object([cpf, purpose]))
        case "profile.put": return TestRequest(id: request.id, "profile.get", .object([cpf]))
        case "event.record", "report.get": return TestRequest(id: request.id, "event.history", .object([cpf, page]))
        case "score.compute": return TestRequest(id: request.id, "score.history", .object([cpf, page]))
        default: return nil
        }
    }

    /// Whether a read shows what a request wrote; `written` is the answer to the write.
    private func holds(_ result: Tree, _ request: TestRequest, _ written: Tree) -> Bool {
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

/// The number of answers after which a daemon is killed.
struct CrashPoint: Sendable, CustomStringConvertible {
    let answers: Int
    /// The seed that gives the same numbers again, as `CREDITD_CRASH_SEED`.
    let seed: UInt64

    var description: String { "after \(answers) answers, of seed \(seed)" }

    /// Random points, as many as `CREDITD_CRASH_ROUNDS` says.
    static func random(below answers: Int) -> [CrashPoint] {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["CREDITD_CRASH_ROUNDS"].flatMap { Int($0) } ?? 5
        let seed = environment["CREDITD_CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        var state = seed
        return (0..<rounds).map { _ in
            // Knuth's multiplier; the upper bits are the random ones.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return CrashPoint(answers: 1 + Int((state >> 33) % UInt64(answers)), seed: seed)
        }
    }
}
