import Foundation
import Testing
import Transcripts

/// Clients of the Model Context Protocol in Python, each of which spawns the daemon.
@Suite("Clients of the Model Context Protocol")
struct MCPClientTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static let person = """
        {"jsonrpc":"2.0","method":"person.create","params":{"cpf":"52998224725","name":"Ana","surname":"Souza",\
        "birthDate":"1990-05-17","address":{"postalCode":"01310100","street":"Avenida Paulista","number":"1578",\
        "district":"Bela Vista","city":"São Paulo","state":"SP"}}}

        """

    @Test(
        "a client lists, calls, is refused, cancels, is told of progress, consents to a deletion, and closes",
        arguments: [
            ("mcp1", "python-mcp1", "2025-11-25"), ("mcp2", "python-mcp2", "2026-07-28"),
            ("mcp2-legacy", "python-mcp2", "2025-11-25"), ("fastmcp", "python-mcp2", ""),
        ])
    func client(kind: String, environment: String, version: String) throws {
        let python = Repository.path(".build/\(environment)/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python) else {
            return Absence(description: "\(python), which make test-packages installs").record()
        }
        let made = try ChildProcess.serve(Array(Self.person.utf8), ["--fail-on-error"], in: scratch)
        #expect(made.exitReason == .exited(0), "\(made.errorText)")
        let outcome = try ChildProcess.start(
            python, [Repository.path("Tests/Oracles/mcp_clients.py"), kind, try Binary.creditd(), scratch.home],
            in: scratch
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(
            outcome.text.split(separator: "\n") == [
                "open \(version) creditd", "list True True", "call False ['address', 'ageBand']",
                "error True invalid_params", "unknown True", "progress True True", "cancel True", "ping",
                "declined True not_confirmed", "deleted False False 2", "gone True not_found", "closed",
            ], "\(outcome.errorText)")
    }
}
