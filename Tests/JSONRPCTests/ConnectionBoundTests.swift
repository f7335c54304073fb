import Platform
import Testing

@testable import JSONRPC

@Suite("The bounds and the end of a connection", .timeLimit(.minutes(2)))
struct ConnectionBoundTests {
    @Test("while no call ends, no more is read than the limit of calls in flight and one read allow")
    func boundsCalls() async throws {
        var limits = Limits()
        limits.callsInFlight = 10
        limits.callsInGroup = 4
        limits.readBytes = 1024
        let gate = Gate()
        let exchange = try Exchange(try MethodTable(gate: gate), limits: limits)
        async let ending = exchange.serve()
        let lines = (0..<5000).map { gated($0, subject: $0) + "\n" }
        let longest = lines.reduce(0) { max($0, $1.utf8.count) }
        async let sent = exchange.requests.write(Array(lines.joined().utf8))
        await gate.waitUntilInside(10)
        // The reader waits by now, or it is in the last round that it may begin.
        let bound = 10 + limits.readBytes / (longest - 8) + 1
        for _ in 0..<1000 {
            await Task.yield()
            #expect(await gate.entered.count <= bound)
        }
        async let received = exchange.answers.read()
        await gate.open()
        #expect(await sent)
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        #expect(await received.lines.count == 5000)
        exchange.answers.closeReadEnd()
    }

    @Test("while nobody reads the responses, no requests are read, and none is lost afterwards")
    func backpressure() async throws {
        var limits = Limits()
        limits.outputBytes = 1024
        limits.readBytes = 1024
        let exchange = try Exchange(try MethodTable(gate: Gate()), limits: limits)
        let filled = exchange.answers.fill()
        async let ending = exchange.serve()
        let request = #"{"jsonrpc":"2.0","id":1,"method":"echo","params":["\#(String(repeating: "x", count: 400))"]}"#
        // More than the pipe of the requests, the queue and a read take together, so that the reader has to stop.
        let count = (4 * filled + limits.outputBytes + limits.readBytes) / request.utf8.count
        let input = Array(repeatElement(request + "\n", count: count).joined().utf8)
        let isAllSent = Monitor(false)
        async let sent = {
            let isDelivered = await exchange.requests.write(input)
            isAllSent.withLock { $0 = true }
            return isDelivered
        }()
        let hasStopped = await onThread {
            while !exchange.requests.isFull { if isAllSent.withLock({ $0 }) { return false } }
            return true
        }
        #expect(hasStopped)
        let received = await exchange.answers.read(lines: filled + count).dropFirst(filled)
        #expect(await sent)
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        #expect(Array(received).lines.count == count)
        exchange.answers.closeReadEnd()
    }

    @Test("a round ends early when its responses fill the output")
    func boundsAnswers() async throws {
        var limits = Limits()
        limits.outputBytes = 10_000
        limits.readBytes = 1 << 16
        let (gate, long) = (Gate(), LongAnswer())
        let schema = try anySchema()
        let table = MethodTable([
            .init(long.method, schema: schema), .init(.gated(gate, answerBytes: 1), schema: schema),
        ])
        let exchange = try Exchange(table, limits: limits)
        let filled = exchange.answers.fill()
        let count = 1000
        let request = #"{"jsonrpc":"2.0","id":1,"method":"long"}"# + "\n"
        let input = gated(0, subject: 0) + "\n" + String(repeating: request, count: count)
        // One read takes all of it.
        await exchange.requests.write(Array(input.utf8))
        async let ending = exchange.serve()
        // The first call runs once its round has ended.
        await gate.waitUntilInside(1)
        let answered = long.answered.withLock { $0 }
        #expect(answered <= limits.outputBytes / LongAnswer.bytes)
        await gate.open()
        let received = await exchange.answers.read(lines: filled + 1 + count)
        #expect(received.count { $0 == 0x0A } == filled + 1 + count)
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        exchange.answers.closeReadEnd()
    }

    @Test("no more calls begin than there is memory for their responses, however many one read brings")
    func boundsAwaitedAnswers() async throws {
        var limits = Limits()
        limits.bytesInFlight = 100_000
        limits.outputBytes = 50_000
        limits.callsInGroup = 1
        limits.groupsInLane = 1000
        let (gate, count) = (Gate(), 500)
        let method = Method.gated(gate, answerBytes: 2_500)
        let answerBytes = method.answerSize.bytes
        let exchange = try Exchange(MethodTable([.init(method, schema: try anySchema())]), limits: limits)
        // One read takes all of it.
        await exchange.requests.write(Array((0..<count).map { gated($0, subject: $0) + "\n" }.joined().utf8))
        async let ending = exchange.serve()
        await gate.waitUntilInside(limits.bytesInFlight / answerBytes - 1)
        let bound = (limits.bytesInFlight + limits.outputBytes) / answerBytes + 1
        for _ in 0..<1000 {
            await Task.yield()
            #expect(await gate.entered.count <= bound)
        }
        async let received = exchange.answers.read()
        await gate.open()
        exchange.requests.closeWriteEnd()
        #expect(try await ending == .endOfInput)
        #expect(await received.lines.count == count)
        exchange.answers.closeReadEnd()
    }

    @Test("after a stop, what was read is answered and no more is read", .timeLimit(.minutes(1)))
    func stops() async throws {
        let gate = Gate()
        let exchange = try Exchange(try MethodTable(gate: gate))
        async let ending = exchange.serve()
        await exchange.requests.write(Array("\(gated(1, subject: 1))\n\(gated(2, subject: 2))\n".utf8))
        await gate.waitUntilInside(2)
        exchange.connection.stop()
        await gate.open()
        #expect(try await ending == .stopped)
        let ids = await exchange.answers.read().lines.sorted()
        #expect(ids == [1, 2].map { #"{"jsonrpc":"2.0","id":\#($0),"result":\#($0)}"# })
        exchange.requests.closeWriteEnd()
        exchange.answers.closeReadEnd()
    }

    @Test("a stop before the first request ends the connection at once")
    func stopsIdle() async throws {
        let exchange = try Exchange(try MethodTable(gate: Gate()))
        exchange.connection.stop()
        #expect(try await exchange.serve() == .stopped)
        #expect(await exchange.answers.read().isEmpty)
        exchange.requests.closeWriteEnd()
        exchange.answers.closeReadEnd()
    }

    @Test("when the reader of the responses goes, an idle connection ends")
    func outputClosedWhileIdle() async throws {
        let exchange = try Exchange(try MethodTable(gate: Gate()))
        async let ending = exchange.serve()
        exchange.answers.closeReadEnd()
        #expect(try await ending == .outputClosed)
        exchange.requests.closeWriteEnd()
    }

    @Test("when the reader of the responses goes under load, the connection ends after its calls")
    func outputClosedUnderLoad() async throws {
        let gate = Gate()
        let exchange = try Exchange(try MethodTable(gate: gate))
        async let ending = exchange.serve()
        async let sent = exchange.requests.write(
            Array((0..<20_000).map { gated($0, subject: $0) + "\n" }.joined().utf8))
        await gate.waitUntilInside(100)
        exchange.answers.closeReadEnd()
        await gate.open()
        #expect(try await ending == .outputClosed)
        #expect(await !sent)
        exchange.requests.closeWriteEnd()
    }

    @Test("an empty input ends without a response")
    func emptyInput() async throws {
        #expect(try await Exchange.run([], methods: try MethodTable(gate: Gate())).isEmpty)
    }
}
