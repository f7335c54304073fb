import ArgumentParser
import Glibc
import JSON
import JSONRPC
import Logging
import Platform

/// `creditd call METHOD [PARAMS]`: asks one question and prints the answer.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call one method and print its result.",
        discussion: """
            The result goes to stdout. An error object goes to stderr, and the exit code is then 1.

              creditd call event.latest '{"cpf": "52998224725"}'

            Other users of the machine can see a command's arguments; with - the params are read from stdin.
            """)

    @Argument(help: "The method, such as person.get.")
    var method: String

    @Argument(help: "The params as JSON, or - to read them from stdin.")
    var params = "{}"

    @OptionGroup var stores: StoreOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var logging: LogOptions

    func run() async throws {
        let output = StandardDescriptors.moveOutputAside()
        let level = LogLevel(logging)
        let log = level.logger()
        StopSignals.unblock()
        do {
            try level.read()
            let request = try self.request()
            let daemon = try await Daemon(stores, access: access, log: log)
            let answer = try await LocalRequest(methods: daemon.methods, limits: daemon.limits).response(to: request)
            await daemon.audit.finish()
            try report(answer, to: output)
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            log.critical("cannot start", metadata: ["reason": "\(failure.message)"])
            throw failure.status
        }
    }

    private func request() throws -> [UInt8] {
        let text = params == "-" ? try FileDescriptor(0).readText() : Array(params.utf8)
        guard let params = try? Document(text) else { throw ValidationError("The params are not one JSON text.") }
        var line = Writer()
        line.object { request in
            request.key("jsonrpc")
            request.string("2.0")
            request.key("id")
            request.number(1)
            request.key("method")
            request.string(method)
            request.key("params")
            params.withRoot { request.value($0) }
        }
        return line.take().map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
    }

    /// Prints the result or the error of an answer; throws the exit code for an error.
    private func report(_ answer: [UInt8], to output: Int32) throws {
        guard let document = try? Document(answer) else { throw ExitStatus.inputOutput }
        let (result, error) = document.withRoot { root in
            (root["result"].map { Array($0.rawText) }, root["error"].map { Array($0.rawText) })
        }
        if let result { try FileDescriptor(output).put(result + [0x0A]) }
        if let error {
            try FileDescriptor(2).put(error + [0x0A])
            throw ExitStatus.errorAnswer
        }
    }
}

/// One request and its response through the whole pipeline, inside the process.
private struct LocalRequest {
    let methods: MethodTable
    let limits: Limits

    /// Sends a request line and returns the response line.
    func response(to request: [UInt8]) async throws -> [UInt8] {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard pipe(&input) == 0, pipe(&output) == 0 else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        let ends = (input: input, output: output)
        async let written: Void? = OSThread.run {
            _ = FileDescriptor(ends.input[1]).writeAll(request)
            close(ends.input[1])
        }
        async let response = OSThread.run { FileDescriptor(ends.output[0]).readAll() ?? [] }
        _ = try await Connection(input: input[0], output: output[1], methods: methods, limits: limits).serve()
        close(output[1])
        _ = await written
        return await response ?? []
    }
}
