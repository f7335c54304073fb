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
}
