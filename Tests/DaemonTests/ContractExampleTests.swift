import JSON
import JSONSchema
import Testing
import Transcripts

/// Each example of each contract, run against a daemon with empty bases.
@Suite("Contract examples")
struct ContractExampleTests {
    @Test("there are contracts")
    func contracts() throws {
        #expect(try ContractFile.all.get().contains { $0.method == "person.get" })
    }

    @Test("every example is answered as its contract says", arguments: try ContractFile.all.get())
    func examples(of contract: ContractFile) throws {
        #expect(!contract.examples.isEmpty)
        let schema = try contract.resultSchema()
        for example in contract.examples {
            let answer = try answer(to: example, of: contract.method)
            switch example.expected {
            case .error(let code, let reason):
                let told = reasonTold(by: answer["error"])
                #expect(
                    (answer["error"]?["code"]).map { "\($0)" } == code && told == reason,
                    "\(contract.method), \(example.name): \(answer)")
            case .result(let result):
                let actual = try #require(answer["result"], "\(contract.method), \(example.name): \(answer)")
                let violations = try Document(actual.bytes).withRoot { schema.validate($0) }
                #expect(violations.isEmpty, "\(contract.method), \(example.name): \(actual)")
                expect(actual, equals: result, exceptAt: example.varies, of: "\(contract.method), \(example.name)")
            }
        }
    }

    /// Makes the given calls one after the other, then the call of the example.
    private func answer(to example: ContractFile.Example, of method: String) throws -> Tree {
        let daemon = try ChildProcess.creditd(in: ScratchFolder())
        var results: [Tree] = []
        for (index, call) in example.given.enumerated() {
            let params = try Self.params(call.params, taking: call.takes, from: results)
            let answer = try ask(daemon, TestRequest(id: "\(index)", call.method, params))
            results.append(try #require(answer["result"], "\(method), \(example.name), given \(index): \(answer)"))
        }
        let params = try Self.params(example.params, taking: example.takes, from: results)
        let answer = try ask(daemon, TestRequest(id: #""example""#, method, params))
        #expect(daemon.finish().exitReason == .exited(0))
        return answer
    }

    private static func params(
        _ params: Tree, taking takes: [(target: String, source: String)], from results: [Tree]
    ) throws -> Tree {
        var params = params
        for (target, source) in takes {
            let value = try #require(Tree.array(results).value(at: source), "\(source) leads nowhere")
            params = try #require(params.replacing(target, with: value), "\(target) leads nowhere")
        }
        return params
    }

    private func ask(_ daemon: ChildProcess, _ request: TestRequest) throws -> Tree {
        let count = daemon.output.lines.count
        daemon.write(request.line)
        try #require(daemon.read(lines: count + 1), "the daemon went away: \(daemon.finish().errorText)")
        let answers = try Responses(lines: [daemon.output.lines[count]])
        return try #require(answers.byID[request.id])
    }

    /// The reason of the first violation, or else `data.reason`.
    private func reasonTold(by error: Tree?) -> String? {
        let data = error?["data"]
        return (data?["violations"]?.elements.first?["reason"] ?? data?["reason"])?.string
    }

    private func expect(_ actual: Tree, equals result: Tree, exceptAt varies: [String], of name: String) {
        var expected = result
        for pointer in varies {
            guard let value = actual.value(at: pointer) else {
                Issue.record("\(name): nothing at \(pointer)")
                continue
            }
            guard let adapted = expected.replacing(pointer, with: value) else {
                Issue.record("\(name): varies names \(pointer), which its result does not have")
                continue
            }
            expected = adapted
        }
        #expect(actual == expected, "\(name): \(actual) is not \(expected)")
    }
}

extension ContractFile: CustomTestStringConvertible {
    var testDescription: String { method }
}
