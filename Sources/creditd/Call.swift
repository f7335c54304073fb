import ArgumentParser
import Glibc
import JSON
import JSONRPC
import Logging
import Platform

/// `creditd call METHOD [PARAMS]`: asks one question and prints the answer.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call one method and print its result.",
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
    @OptionGroup var logging: LogOptions

    func run() async throws {
        let output = StandardDescriptors.moveOutputAside()
        let log = logging.logger()
        StopSignals.unblock()
        do {
            let request = try self.request()
            let daemon = try await Daemon(stores, log: log)
            let answer = try await answer(of: daemon, to: request)
            try report(answer, to: output)
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            log.critical("cannot start", metadata: ["reason": "\(failure.message)"])
            throw failure.status
        }
    }

    private func request() throws -> [UInt8] {
        let text = params == "-" ? try Descriptor(0).readAll() : Array(params.utf8)
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

    /// Sends the request line through the whole pipeline, inside the process, and returns the answer line.
    private func answer(of daemon: Daemon, to request: [UInt8]) async throws -> [UInt8] {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard pipe(&input) == 0, pipe(&output) == 0 else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        let (inputEnd, outputEnd) = (input[1], output[0])
        async let written: Void = onThread(closing: inputEnd) { try? Descriptor(inputEnd).write(request) }
        async let answer = onThread(closing: outputEnd) { (try? Descriptor(outputEnd).readAll()) ?? [] }
        _ = try await Connection(
            input: input[0], output: output[1], methods: daemon.methods, limits: daemon.limits
        ).serve()
        close(output[1])
        _ = try await written
        return try await answer
    }

    /// Awaits a blocking body on a thread of its own; closes its descriptor in any case, so that nobody waits for it.
    private func onThread<R: Sendable>(
        closing descriptor: Int32, _ body: @escaping @Sendable () -> R
    ) async throws(StartFailure) -> R {
        let result = await OSThread.run {
            defer { close(descriptor) }
            return body()
        }
        if let result { return result }
        close(descriptor)
        throw StartFailure(status: ExitStatus.system, message: "no thread left")
    }

    /// Prints the result or the error of an answer; throws the exit code for an error.
    private func report(_ answer: [UInt8], to output: Int32) throws {
        guard let document = try? Document(answer) else { throw ExitStatus.inputOutput }
        let (result, error) = document.withRoot { root in
            (root["result"].map { Array($0.rawText) }, root["error"].map { Array($0.rawText) })
        }
        if let result { try Descriptor(output).write(result + [0x0A]) }
        if let error {
            try Descriptor(2).write(error + [0x0A])
            throw ExitStatus.errorAnswer
        }
    }
}
