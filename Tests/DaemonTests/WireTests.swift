import Testing

/// The wire, case by case: each transcript three ways.
@Suite("The wire")
struct WireTests {
    /// How the bytes of a case reach the daemon.
    enum Delivery: CaseIterable {
        case inOneWrite, byteByByte, beforeAGoodRequest
    }

    @Test("bytes and frames", arguments: try Transcript.cases(of: "bytes"), Delivery.allCases)
    func bytes(transcript: Transcript, delivery: Delivery) throws { try run(transcript, delivery) }

    @Test("values", arguments: try Transcript.cases(of: "values"), Delivery.allCases)
    func values(transcript: Transcript, delivery: Delivery) throws { try run(transcript, delivery) }

    @Test("envelope and ids", arguments: try Transcript.cases(of: "envelope"), Delivery.allCases)
    func envelope(transcript: Transcript, delivery: Delivery) throws { try run(transcript, delivery) }

    @Test("batches and order", arguments: try Transcript.cases(of: "batches"), Delivery.allCases)
    func batches(transcript: Transcript, delivery: Delivery) throws { try run(transcript, delivery) }

    private func run(_ transcript: Transcript, _ delivery: Delivery) throws {
        let scratch = try TemporaryFolder()
        let daemon = try ChildProcess.creditd(transcript.arguments, in: scratch)
        switch delivery {
        case .inOneWrite:
            daemon.write(transcript.input)
        case .byteByByte:
            // A case of a megabyte is cut into pieces of a size that no buffer has.
            let size = transcript.input.count > 1 << 14 ? 4093 : 1
            for start in stride(from: 0, to: transcript.input.count, by: size) {
                daemon.write(Array(transcript.input[start...].prefix(size)))
                daemon.waitUntilInputIsRead()
            }
        case .beforeAGoodRequest:
            // Nothing can follow a line that nothing ends, but the line itself can follow a request.
            let request = Array(#"{"jsonrpc":"2.0","id":"good","method":"system.ping"}"#.utf8) + [0x0A]
            guard transcript.endsInLine else {
                try transcript.check(daemon.finish(writing: transcript.input))
                return
            }
            daemon.write(transcript.input + request)
            let pong = Transcript.Expectation.exactly(Array(#"{"jsonrpc":"2.0","id":"good","result":"pong"}"#.utf8))
            try transcript.check(daemon.finish(), extra: [pong])
            return
        }
        try transcript.check(daemon.finish())
    }

    @Test("a batch of as many items as the limit is served")
    func largestBatch() throws {
        let item = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#
        let line = "[" + repeatElement(item, count: 1000).joined(separator: ",") + "]\n"
        let outcome = try ChildProcess.serve(Array(line.utf8), in: TemporaryFolder())
        let answer = try Answers(outcome.output).all
        #expect(answer.count == 1)
        #expect(answer.first?.elements.count == 1000)
        #expect(answer.first?.elements.allSatisfy { $0["result"]?.string == "pong" } == true)
    }

    @Test("a thousand requests in one write get the answers that they get a byte at a time")
    func thousandRequests() throws {
        let requests = try (1...1000).map { number in
            try number.isMultiple(of: 3)
                ? Request(id: number, "event.latest", #"{"cpf":"52998224725"}"#) : Request(id: number, "system.ping")
        }
        let input = requests.flatMap(\.line)
        let atOnce = try ChildProcess.serve(input, in: TemporaryFolder())
        let slow = try ChildProcess.creditd(in: TemporaryFolder())
        for byte in input {
            slow.write([byte])
            slow.waitUntilInputIsRead()
        }
        let (left, right) = (try Answers(atOnce.output), try Answers(slow.finish().output))
        #expect(left.byID.count == 1000)
        #expect(left.byID == right.byID)
    }

    @Test("with --ordered, answers come in the order of the requests, errors and batches among them")
    func ordered() throws {
        var lines: [String] = []
        for number in 0..<500 {
            let person = #"{"cpf":"39053344705","purpose":"credit_protection"}"#
            let request =
                switch number % 5 {
                case 0: try Request(id: number, "event.latest", #"{"cpf":"52998224725"}"#)
                case 1: try Request(id: number, "system.ping")
                case 2: try Request(id: number, "system.nope")
                default: try Request(id: number, "person.get", person)
                }
            let line = String(decoding: request.line.dropLast(), as: UTF8.self)
            switch number % 5 {
            case 3: lines.append("[\(line)]")
            case 4: lines.append(line.replacing(#""id":\#(number),"#, with: ""))
            default: lines.append(line)
            }
        }
        let input = Array((lines.joined(separator: "\n") + "\n").utf8)
        let outcome = try ChildProcess.serve(input, ["--ordered"], in: TemporaryFolder())
        let ids = try Answers(outcome.output).all.map { answer in
            (answer["id"] ?? answer.elements.first?["id"]).map { "\($0)" }
        }
        #expect(ids == (0..<500).filter { $0 % 5 != 4 }.map(String.init))
    }

    @Test("a line far beyond the limit takes no memory of its length")
    func lineBeyondTheLimit() throws {
        let daemon = try ChildProcess.creditd(in: TemporaryFolder())
        daemon.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
        #expect(daemon.output.read(lines: 1))
        let before = try #require(daemon.residentPeakKiB)
        for _ in 0..<256 { daemon.write([UInt8](repeating: 0x5B, count: 1 << 20)) }
        daemon.write("\n{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"system.ping\"}\n")
        #expect(daemon.output.read(lines: 3))
        let after = try #require(daemon.residentPeakKiB)
        #expect(after - before < 32 << 10, "\(before) KiB before, \(after) KiB after a line of 256 MiB")
        let answers = try Answers(daemon.finish().output)
        #expect(answers.all.count == 3)
        #expect(answers.result("2")?.string == "pong")
    }
}
