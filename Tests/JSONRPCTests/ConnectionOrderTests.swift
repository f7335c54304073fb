import JSON
import Platform
import Seeds
import Testing

@testable import JSONRPC

@Suite("The order of a connection", .timeLimit(.minutes(2)))
struct ConnectionOrderTests {
    /// Draws limits that are small enough for every bound to be reached.
    private func limits(_ random: inout SeededGenerator) -> Limits {
        var limits = Limits()
        limits.callsInGroup = Int.random(in: 1...8, using: &random)
        limits.callsInFlight = Int.random(in: 1...64, using: &random)
        limits.readBytes = Int.random(in: 64...8192, using: &random)
        limits.outputBytes = Int.random(in: 64...65536, using: &random)
        return limits
    }

    /// Returns the part of a response that is compared: for a broken line only the code.
    private func essence(_ line: String) -> String {
        line.contains(#""code":-32700"#) ? "-32700" : line
    }

    @Test(
        "every request is answered as if all were served one after the other", arguments: 0..<60)
    func sequential(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let limits = limits(&random)
        let program = LedgerProgram(
            seed: seed, lines: Int.random(in: 1...250, using: &random),
            subjects: Int.random(in: 1...12, using: &random))
        let table = try MethodTable(ledger: Ledger(seed: seed), callsInGroup: limits.callsInGroup)
        let lines = try await Exchange.run(program.bytes, methods: table, limits: limits)
        #expect(lines.map(essence).sorted() == program.answers.compactMap(\.self).sorted(), "seed \(seed)")
    }

    @Test("in the ordered mode the answers have the order of their lines", arguments: 0..<30)
    func ordered(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let limits = limits(&random)
        let program = LedgerProgram(seed: seed, lines: 200, subjects: Int.random(in: 1...12, using: &random))
        let table = try MethodTable(ledger: Ledger(seed: seed), callsInGroup: limits.callsInGroup)
        let lines = try await Exchange.run(program.bytes, methods: table, limits: limits, isOrdered: true)
        #expect(lines.map(essence) == program.answers.compactMap(\.self), "seed \(seed)")
    }

    @Test("with sequential limits, calls of all methods run one at a time in the order of their arrival")
    func sequentialLimits() async throws {
        var limits = Limits()
        limits.isSequential = true
        limits.readBytes = 1024
        let gate = Gate()
        await gate.open()
        let methods = [Method.gated(gate), .gated(gate, name: "urgent", isUrgent: true)]
        let table = MethodTable(try methods.map { .init($0, schema: try anySchema()) })
        let calls = (0..<500).map { gated($0, method: methods[$0 % 3 % 2].name, subject: $0 % 7) + "\n" }
        let lines = try await Exchange.run(Array(calls.joined().utf8), methods: table, limits: limits)
        #expect(await gate.groups == (0..<500).map { [$0 % 7] })
        #expect(lines == (0..<500).map { #"{"jsonrpc":"2.0","id":\#($0),"result":\#($0 % 7)}"# })
    }

    @Test("a call about another subject is answered while one is in flight, and a call about the same subject is not")
    func overtakes() async throws {
        let gate = Gate()
        let exchange = try Exchange(try MethodTable(gate: gate))
        async let ending = exchange.serve()
        await exchange.requests.write(Array("\(gated(1, subject: 5))\n\(gated(2, subject: 5))\n".utf8))
        await gate.waitUntilInside(1)
        await exchange.requests.write(Array("\(gated(3, subject: 6, waits: false))\n".utf8))
        #expect(await exchange.answers.read(lines: 1).lines == [#"{"jsonrpc":"2.0","id":3,"result":6}"#])
        #expect(await gate.entered == [5])
        await gate.open()
        exchange.requests.closeWriteEnd()
        let rest = await exchange.answers.read(lines: 2).lines
        #expect(rest == [1, 2].map { #"{"jsonrpc":"2.0","id":\#($0),"result":5}"# })
        #expect(try await ending == .endOfInput)
        exchange.answers.closeReadEnd()
    }

    @Test("of calls that differ in their subjects alone, few are decoded")
    func alike() async throws {
        let decoded = Monitor(0)
        let method = Method.grouped(
            "look", subject: { $0["subject"]?.string.flatMap { UInt64($0) } },
            decode: { (params, _) throws(Failure) -> Int in
                decoded.withLock { $0 += 1 }
                return params["subject"]?.string.flatMap { Int($0) } ?? 0
            },
            alike: AlikeParams(member: "subject") { _, text in
                Int(String(decoding: text, as: UTF8.self)).map { ($0, subject: UInt64($0)) }
            },
            call: { group in group.map { .success($0) } }, failure: { (failure: Failure) in failure },
            write: { result, writer in writer.number(result) })
        let lines = (10..<99).map {
            #"{"jsonrpc":"2.0","id":\#($0),"method":"look","params":{"subject":"\#($0)"}}"# + "\n"
        }
        let table = MethodTable([.init(method, schema: try anySchema())])
        let answers = try await Exchange.run(Array(lines.joined().utf8), methods: table, isOrdered: true)
        #expect(answers == (10..<99).map { #"{"jsonrpc":"2.0","id":\#($0),"result":\#($0)}"# })
        // The first shows the method, the second is learned from, and decoded once more for that.
        #expect(decoded.withLock(\.self) <= 3)
    }
}
