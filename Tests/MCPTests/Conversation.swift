import Glibc
import JSON
import JSONRPC
import JSONSchema
import MCP
import Platform
import Testing

/// A client of a connection whose methods answer at once, over two pipes.
final class Conversation: Sendable {
    private let input: (read: Int32, write: Int32)
    private let output: (read: Int32, write: Int32)
    private let ending: Task<Void, any Error>

    /// The methods answer by `result`, a JSON text.
    init(
        _ tools: ToolSet, isOrdered: Bool = true,
        result: @escaping @Sendable (_ params: String) -> String = { _ in "{}" }
    ) throws {
        var ends: [Int32] = [-1, -1, -1, -1]
        try #require(pipe(&ends) == 0)
        input = (ends[0], ends[1])
        try #require(ends.withUnsafeMutableBufferPointer { pipe($0.baseAddress! + 2) } == 0)
        output = (ends[2], ends[3])
        var registry = SchemaRegistry()
        try registry.register(Document("{}".utf8), at: "any.json")
        let schema = try registry.compile("any.json")
        let entries = tools.tools.map { tool in
            MethodTable.Entry(
                .immediate(tool.method) { params, writer in
                    let text = result(String(decoding: params.rawText, as: UTF8.self))
                    Array(text.utf8).withUnsafeBufferPointer { writer.verbatim($0) }
                }, schema: schema)
        }
        let deferred = Deferred<ToolSet>()
        deferred.provide(tools)
        let connection = try Connection(
            input: input.read, output: output.write, methods: MethodTable(entries),
            foreign: MCPSession(identity: ServerIdentity(version: "1.2.3"), tools: deferred, isOrdered: isOrdered),
            isOrdered: isOrdered)
        let output = output.write
        ending = Task {
            _ = try await connection.serve()
            close(output)
        }
    }

    func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        #expect(write(input.write, bytes, bytes.count) == bytes.count)
    }

    /// The next line of the daemon.
    func hear() async throws -> Document {
        let end = output.read
        let line = await OSThread.run {
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while read(end, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
            return line
        }
        return try Document(try #require(line))
    }

    /// Ends the input, and returns the lines that nobody has heard.
    func end() async throws -> [String] {
        close(input.write)
        let end = output.read
        let rest = await OSThread.run {
            var rest: [UInt8] = []
            var byte: UInt8 = 0
            while read(end, &byte, 1) == 1 { rest.append(byte) }
            return rest
        }
        try await ending.value
        close(input.read)
        close(output.read)
        return try #require(rest).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }
}
