import Testing
import Transcripts

/// The sample: its own requests say what the answers must be.
@Suite("The sample")
struct SampleTests {
    private let sample: BureauSample

    init() throws {
        sample = try BureauSample.shared.get()
    }

    @Test("each request gets one result, and each read sees the writes before it", arguments: [[], ["--ordered"]])
    func results(arguments: [String]) throws {
        let outcome = try ChildProcess.serve(sample.bytes, arguments, in: ScratchFolder())
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answers = try Responses(outcome.output)
        #expect(answers.all.count == sample.requests.count, "of \(sample.path)")
        var oracle = SampleOracle()
        var scores: [String: Tree] = [:]
        for request in sample.requests {
            let known = oracle.result(of: request)
            let expected = try #require(known, "the sample has a request that these tests do not know")
            let answer = try #require(answers.byID[request.id], "no answer to id \(request.id) of \(sample.path)")
            let result = try #require(answer["result"], "\(answer)")
            try #require(result.covers(expected), "id \(request.id) is answered \(result), and must say \(expected)")
            try check(score: result, of: request, scores: &scores)
        }
        if !arguments.isEmpty {
            #expect(answers.all.compactMap { $0["id"].map { "\($0)" } } == sample.requests.map(\.id))
        }
    }

    /// Checks that a report has the score that was computed of the same profile just before.
    private func check(score result: Tree, of request: TestRequest, scores: inout [String: Tree]) throws {
        let cpf = request.params["cpf"]?.string ?? ""
        switch request.method {
        case "score.compute":
            let points = try #require(result["score"])
            guard case .number(let text) = points, let value = Int(text) else {
                Issue.record("a score that is no integer: \(points)")
                return
            }
            #expect((0...1000).contains(value))
            scores[cpf] = points
        case "report.get":
            #expect(result["score"]?["score"] == scores[cpf])
        default:
            break
        }
    }

    @Test("a second run on the same home finds all persons and serves everything else")
    func secondRun() throws {
        let scratch = try ScratchFolder()
        #expect(try ChildProcess.serve(sample.bytes, in: scratch).exitReason == .exited(0))
        let outcome = try ChildProcess.serve(sample.bytes, in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answers = try Responses(outcome.output)
        #expect(answers.all.count == sample.requests.count)
        for request in sample.requests {
            let answer = try #require(answers.byID[request.id])
            if request.method == "person.create" {
                #expect(answer["error"]?["data"]?["reason"]?.string == "already_exists", "\(answer)")
            } else {
                #expect(answer["result"] != nil, "\(answer)")
            }
        }
        let profiles = sample.requests(of: "profile.put")
        #expect(profiles.allSatisfy { answers.result($0.id)?["version"] == .number("2") })
    }
}
