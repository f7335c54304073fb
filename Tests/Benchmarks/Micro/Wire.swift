import Benchmark
import JSON
import JSONRPC
import JSONSchema
import Methods

/// What a request costs besides its store. Each iteration does it a hundred thousand times, as its readers know.
let benchmarks: @Sendable () -> Void = {
    let operations = 100_000
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 2, maxDuration: .seconds(2), maxIterations: .max)
    let params = Contracts.file("Tests/Benchmarks/Micro/params.json")
    let schema = Contracts.params(of: "person.create")

    Benchmark("parse") { _ in
        let request = Array(#"{"jsonrpc":"2.0","id":7,"method":"person.create","params":"#.utf8) + params + [0x7D]
        var parser = Parser()
        for _ in 0..<operations {
            blackHole(try request.withUnsafeBufferPointer { try parser.parse($0).kind })
        }
    }

    Benchmark("validate") { _ in
        let document = try Document(params)
        precondition(document.withRoot { schema.accepts($0) })
        for _ in 0..<operations {
            blackHole(document.withRoot { schema.accepts($0) })
        }
    }

    Benchmark("parse and validate") { _ in
        var parser = Parser()
        for _ in 0..<operations {
            blackHole(try params.withUnsafeBufferPointer { schema.accepts(try parser.parse($0)) })
        }
    }

    Benchmark("write") { _ in
        var writer = Writer(reserving: 4096)
        for index in 0..<operations {
            writer.removeAll()
            writer.answer(id: index)
            blackHole(writer.count)
        }
    }

    // The package's only way in is a connection, so this is all of it but the system calls: lines, parsing, envelope,
    // method, schema, answer.
    Benchmark("route a ping") { benchmark in
        let ping = MethodTable.Entry(.ping, schema: Contracts.params(of: "system.ping"))
        let requests = RequestFile(count: operations) {
            #"{"jsonrpc":"2.0","id":\#($0),"method":"system.ping"}"#
        }
        benchmark.startMeasurement()
        try await requests.serve(MethodTable([ping]))
        benchmark.stopMeasurement()
    }
}

extension Writer {
    /// Appends an answer of some 150 bytes.
    fileprivate mutating func answer(id: Int) {
        object { writer in
            writer.key("jsonrpc")
            writer.string("2.0")
            writer.key("id")
            writer.number(id)
            writer.key("result")
            writer.object { writer in
                writer.key("occurredAt")
                writer.string("2026-11-21T00:00:00Z")
                writer.key("amountCents")
                writer.number(620_000)
                writer.key("channel")
                writer.string("pix")
                writer.key("approved")
                writer.bool(true)
                writer.key("description")
                writer.string("a purchase of \"something\"")
            }
        }
    }
}
