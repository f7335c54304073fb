import Foundation
import Testing
import Transcripts

/// What an assistant sees over the Model Context Protocol, and what is recorded of it.
@Suite("Assistants")
struct AssistantTests {
    @Test("settings for a client start this program on this home, and hold no secret")
    func settings() throws {
        let scratch = try ScratchFolder()
        let outcome = try ChildProcess.creditd(
            ["mcp", "config", "--mcp-purpose", "credit_application", "--mcp-reveal", "name,cpf"], in: scratch,
            environment: [
                "CREDITD_REDIS_PASSWORD": "s3cret", "CREDITD_BASE_A": "postgresql://u:s3cret@h/d",
                "CREDITD_ROLE": "owner",
            ]
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(!outcome.text.contains("s3cret") && !outcome.errorText.contains("s3cret"))
        #expect(outcome.errorText.contains("CREDITD_REDIS_PASSWORD") && outcome.errorText.contains("CREDITD_BASE_A"))
        let server = try #require(try Tree(Array(outcome.text.utf8))["mcpServers"]?["creditd"])
        #expect(server["command"]?.string?.hasPrefix("/") == true)
        #expect(server["env"] == .object([.init(key: "CREDITD_ROLE", value: .string("owner"))]))
        guard case .array(let arguments) = server["args"] else { return }
        #expect(
            arguments.compactMap(\.string) == [
                "serve", "--home", scratch.home, "--mcp-purpose", "credit_application", "--mcp-reveal", "cpf,name",
            ])
    }

    @Test(
        "wrong options of assistants are refused, and never repeated",
        arguments: [
            ["--mcp-reveal", "password"], ["--mcp-tools", "all"], ["--mcp-calls-per-minute", "0"],
            ["--mcp-purpose", "fraud_prevention", "--purpose", "debt_collection"],
            ["--mcp-requester", "Loja 52998224725"],
        ])
    func wrongOptions(_ arguments: [String]) throws {
        let outcome = try ChildProcess.serve([], arguments, in: ScratchFolder())
        #expect(outcome.exitReason == .exited(64))
        #expect(!outcome.errorText.contains("52998224725"))
    }

    @Test("a password in an option is refused")
    func passwordInOption() throws {
        let outcome = try ChildProcess.creditd(
            ["mcp", "config", "--base-a", "postgresql://u:s3cret@h/d"], in: ScratchFolder()
        ).finish()
        #expect(outcome.exitReason == .exited(64) && !outcome.errorText.contains("s3cret") && outcome.text.isEmpty)
    }
}
