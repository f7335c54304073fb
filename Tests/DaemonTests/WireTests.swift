import Seeds
import Testing
import Transcripts

/// Cases of the wire that are too long for a transcript.
@Suite("The wire")
struct WireTests {
    @Test("with --ordered, answers come in the order of the requests, errors and batches among them")
    func ordered() throws {
        var lines: [String] = []
        for number in 0..<500 {
            let person = #"{"cpf":"39053344705","purpose":"credit_protection"}"#
            let request =
                switch number % 5 {
                case 0: try TestRequest(id: number, "event.latest", #"{"cpf":"52998224725"}"#)
                case 1: try TestRequest(id: number, "system.ping")
                case 2: try TestRequest(id: number, "system.nope")
                default: try TestRequest(id: number, "person.get", person)
                }
            let line = String(decoding: request.line.dropLast(), as: UTF8.self)
            switch number % 5 {
            case 3: lines.append("[\(line)]")
            case 4: lines.append(line.replacing(#""id":\#(number),"#, with: ""))
            default: lines.append(line)
            }
        }
        let input = Array((lines.joined(separator: "\n") + "\n").utf8)
        let outcome = try ChildProcess.serve(input, ["--ordered"], in: ScratchFolder())
        let ids = try Responses(outcome.output).all.map { answer in
            (answer["id"] ?? answer.elements.first?["id"]).map { "\($0)" }
        }
        #expect(ids == (0..<500).filter { $0 % 5 != 4 }.map(String.init))
    }

    @Test("a line that is like the ones before it is answered as it is with an empty `meta`", arguments: 0..<4)
    func alike(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let methods = ["event.latest", "profile.get", "person.get", "debt.list", "report.get"]
        let subjects = [
            "52998224725", "39053344705", "11144477735", "52998224724", "00000000000", "5299822472", "529.982.247-25",
            "390.533.447-05", "529-982.247.25", "5299822472x", "", #"5299822472\u0035"#, "５２９９８２２４７２５",
        ]
        let (spare, more) = (#","purpose":"credit_protection""#, #","purpose":"credit_protection","requester":"Loja""#)
        var (method, rest) = ("", "")
        let calls = (0..<400).map { number in
            if number % 8 == 0 {
                method = methods.randomElement(using: &random) ?? ""
                rest = ["", spare, more, more, #","no":1"#].randomElement(using: &random) ?? ""
            }
            // Most are those that could be served alike.
            let subject = subjects[Int.random(in: 0..<(number % 3 == 0 ? subjects.count : 3), using: &random)]
            let id = number % 5 == 0 ? "\"\(number)\"" : "\(number)"
            return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"cpf":"\#(subject)"\#(rest)}"#
        }
        func answers(_ end: String) throws -> [String] {
            let input = Array(calls.map { $0 + end + "\n" }.joined().utf8)
            let output = try ChildProcess.serve(input, ["--ordered"], in: ScratchFolder()).output
            return output.split(separator: 0x0A).map { answer in
                // A report has an identifier and a time of its own.
                String(decoding: answer, as: UTF8.self)
                    .replacing(/"(reportId|generatedAt)":"[^"]*"/, with: "")
            }
        }
        #expect(try answers("}") == answers(#","meta":{}}"#))
    }
}
