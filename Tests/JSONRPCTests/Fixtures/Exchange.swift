import JSONRPC
import Testing

/// A connection over two pipes whose other ends the test holds.
struct Exchange {
    let requests: Pipe
    let answers: Pipe
    let connection: Connection

    init(_ methods: MethodTable, limits: Limits = Limits(), isOrdered: Bool = false) throws {
        requests = try Pipe()
        answers = try Pipe()
        connection = try Connection(
            input: requests.readEnd, output: answers.writeEnd, methods: methods, limits: limits,
            isOrdered: isOrdered)
    }

    /// With `awaited`, the connection begins without its methods.
    init(
        _ methods: MethodTable, foreign: any ForeignProtocol, isOrdered: Bool, awaiting awaited: AwaitedMethods?
    ) throws {
        requests = try Pipe()
        answers = try Pipe()
        if let awaited {
            connection = try Connection(
                input: requests.readEnd, output: answers.writeEnd, awaiting: awaited, foreign: foreign,
                isOrdered: isOrdered)
        } else {
            connection = try Connection(
                input: requests.readEnd, output: answers.writeEnd, methods: methods, foreign: foreign,
                isOrdered: isOrdered)
        }
    }

    /// Serves until the end, and closes the pipes' ends of the connection.
    func serve() async throws -> Connection.Ending {
        let ending = try await connection.serve()
        requests.closeReadEnd()
        answers.closeWriteEnd()
        return ending
    }

    /// Sends all requests, ends the input, and returns the lines of all responses.
    static func run(
        _ input: [UInt8], methods: MethodTable, limits: Limits = Limits(), isOrdered: Bool = false,
        ending expected: Connection.Ending = .endOfInput
    ) async throws -> [String] {
        let exchange = try Exchange(methods, limits: limits, isOrdered: isOrdered)
        async let sent: Void = {
            await exchange.requests.write(input)
            exchange.requests.closeWriteEnd()
        }()
        async let received = exchange.answers.read()
        let ending = try await exchange.serve()
        #expect(ending == expected)
        await sent
        let lines = await received.lines
        exchange.answers.closeReadEnd()
        return lines
    }
}
