import ArgumentParser
import Glibc
import JSON
import JSONRPC
import Logging

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
            let answer = try await Exchange(methods: daemon.methods, limits: daemon.limits).answer(to: request)
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
