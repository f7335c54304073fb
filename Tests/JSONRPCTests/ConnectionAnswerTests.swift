import JSON
import Testing

@testable import JSONRPC

@Suite("The answers of a connection", .timeLimit(.minutes(1)))
struct ConnectionAnswerTests {
    /// Returns a response in short: its id, and its result or the code and the reason of its error.
    private func digest(_ line: String) throws -> String {
        try Text(line).parse { try digest($0) }
    }

    private func digest(_ value: Value) throws -> String {
        if value.kind == .array {
            return "[" + (try value.elements.map { try digest($0) }.joined(separator: ", ")) + "]"
        }
        let id = Array(try #require(value["id"]).rawText).text
        if let result = value["result"] { return "\(id): \(Array(result.rawText).text)" }
        let error = try #require(value["error"])
        let violation = error["data"]?["violations"]?.element(at: 0)?["reason"]
        let reason = try #require((violation ?? error["data"]?["reason"])?.string)
        return "\(id): \(try #require(error["code"]?.int64)) \(reason)"
    }

    private func answers(_ input: String, limits: Limits = Limits()) async throws -> [String] {
        try await answers(Array(input.utf8), limits: limits)
    }

    private func answers(_ input: [UInt8], limits: Limits = Limits()) async throws -> [String] {
        // After every case the next valid request is answered as usual.
        let last = #"{"jsonrpc":"2.0","id":"last","method":"echo","params":[true]}"#
        let table = try MethodTable(ledger: Ledger(seed: 0), callsInGroup: limits.callsInGroup)
        let input = input + Array("\n\(last)".utf8)
        var lines = try await Exchange.run(input, methods: table, limits: limits, isOrdered: true)
        #expect(try digest(lines.removeLast()) == #""last": [true]"#)
        return try lines.map { try digest($0) }
    }

    @Test(
        "a line gets the response that the protocol requires",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":0.10}}"#, #"1: {"a":0.10}"#),
            (#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#, "1: {}"),
            (#"{"jsonrpc":"2.0","id":1e2,"method":"echo","params":[]}"#, "1e2: []"),
            (#"{"jsonrpc":"2.0","id":1,"method":"first.add","params":{"subject":1,"value":2}}"#, "1: [2]"),
            (#"{"jsonrpc":"2.0","id":1,"method":"first.add","params":[]}"#, "1: -32602 missing"),
            (#"{"jsonrpc":"2.0","id":1,"method":"nope"}"#, "1: -32601 method_not_found"),
            (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":1,"\u0061":2}}"#, "1: -32602 duplicate_key"),
            (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":[{"b":{"a":1,"a":2}}]}"#, "1: -32602 duplicate_key"),
            ("[]", "null: -32600 empty_batch"),
            ("[1, 2]", "[null: -32600 not_an_object, null: -32600 not_an_object]"),
            ("[[]]", "[null: -32600 not_an_object]"),
            ("{} {}", "null: -32700 trailing_bytes"),
            ("{", "null: -32700 unexpected_end"),
            (String(repeating: "[", count: 100_000), "null: -32700 too_deep"),
        ])
    func answers(line: String, expected: String) async throws {
        #expect(try await answers(line) == [expected])
    }

    @Test(
        "these lines get no response",
        arguments: [
            "", " \t\r", #"{"jsonrpc":"2.0","method":"echo"}"#, #"{"jsonrpc":"2.0","method":"nope"}"#,
            #"{"jsonrpc":"2.0","method":"first.add","params":[]}"#,
            #"{"jsonrpc":"2.0","method":"first.add","params":{"subject":1,"value":13}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":5}"#, #"[{"jsonrpc":"2.0","method":"echo"}]"#,
            #"[{"jsonrpc":"2.0","id":1,"result":5}, {"jsonrpc":"2.0","method":"nope"}]"#,
        ])
    func silence(line: String) async throws {
        #expect(try await answers(line).isEmpty)
    }

    @Test("a mixed batch is answered by one array, in the order of its items, valid or not")
    func mixedBatch() async throws {
        let batch = [
            #"{"jsonrpc":"2.0","id":1,"method":"first.add","params":{"subject":1,"value":5}}"#, "7",
            #"{"jsonrpc":"2.0","method":"first.add","params":{"subject":1,"value":6}}"#,
            #"{"jsonrpc":"2.0","id":2,"method":"nope"}"#,
            #"{"jsonrpc":"2.0","id":3,"method":"first.read","params":{"subject":1}}"#,
        ]
        let expected = "[1: [5], null: -32600 not_an_object, 2: -32601 method_not_found, 3: [5,6]]"
        #expect(try await answers("[\(batch.joined(separator: ","))]") == [expected])
    }

    @Test("a batch of the limit's size is served, and a larger batch is refused as a whole")
    func batchLimit() async throws {
        var limits = Limits()
        limits.maximumBatchItems = 3
        #expect(try await answers("[1,1,1]", limits: limits).first?.hasPrefix("[") == true)
        #expect(try await answers("[1,1,1,1]", limits: limits) == ["null: -32600 batch_too_large"])
    }

    @Test("a line of the limit's length is served, and a longer line is refused once, with and without an end")
    func lineLimit() async throws {
        var limits = Limits()
        limits.maximumLineBytes = 64
        limits.readBytes = 7
        let served = #"{"jsonrpc":"2.0","id":1,"method":"echo","params":["0123456789"]}"#
        #expect(served.utf8.count == 64)
        #expect(try await answers(served, limits: limits) == [#"1: ["0123456789"]"#])
        #expect(try await answers(served + "\r", limits: limits) == [#"1: ["0123456789"]"#])
        #expect(try await answers(served + " ", limits: limits) == ["null: -32600 line_too_long"])
        #expect(
            try await answers(served + String(repeating: " ", count: 1000), limits: limits)
                == ["null: -32600 line_too_long"])
        let table = try MethodTable(ledger: Ledger(seed: 0), callsInGroup: 512)
        let last = try await Exchange.run(
            Array((served + " ").utf8), methods: table, limits: limits, ending: .cutInput)
        #expect(try last.map { try digest($0) } == ["null: -32600 line_too_long"])
    }

    @Test("a byte order mark is dropped at the start of the stream and refused at the start of a later line")
    func byteOrderMark() async throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let line = mark + Array(#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#.utf8)
        #expect(try await answers(line) == ["1: {}"])
        #expect(try await answers([0x0A] + line) == ["null: -32700 unexpected_byte"])
    }

    @Test(
        "bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80]])
    func invalidBytes(bytes: [UInt8]) async throws {
        #expect(try await answers([0x22] + bytes + [0x22]) == ["null: -32700 invalid_utf8"])
    }

    @Test(
        "the ending tells whether the input ended in the middle of a line",
        arguments: [
            ("", Connection.Ending.endOfInput), (" \t", .endOfInput), ("\n", .endOfInput), ("1", .endOfInput),
            (#"{"jsonrpc":"2.0","method":"echo"}"#, .endOfInput), (#"{"jsonrpc":"2.0","method":"echo""#, .cutInput),
            ("nonsense\n", .endOfInput), ("nonsense", .cutInput), (String(repeating: "x", count: 500), .cutInput),
            (String(repeating: "x", count: 500) + "\n", .endOfInput),
        ])
    func tellsCutInput(input: String, ending: Connection.Ending) async throws {
        var limits = Limits()
        limits.maximumLineBytes = 64
        limits.readBytes = 100
        let table = try MethodTable(ledger: Ledger(seed: 0), callsInGroup: 512)
        let lines = try await Exchange.run(Array(input.utf8), methods: table, limits: limits, ending: ending)
        #expect(lines.count <= 1)
    }

    @Test("an unknown name is answered with a similar name")
    func didYouMean() async throws {
        let table = try MethodTable(ledger: Ledger(seed: 0), callsInGroup: 512)
        let request = #"{"jsonrpc":"2.0","id":1,"method":"first.rea"}"#
        let line = try #require(try await Exchange.run(Array(request.utf8), methods: table).first)
        let name = try Text(line).parse { $0["error"]?["data"]?["didYouMean"]?.string }
        #expect(name == "first.read")
    }
}
