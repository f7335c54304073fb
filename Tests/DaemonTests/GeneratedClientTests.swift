import Foundation
import Testing
import Transcripts

/// The clients that `creditd client` prints, run against the program that printed them.
@Suite("Generated clients")
struct GeneratedClientTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func start(_ command: [String]) throws -> ChildProcess {
        try ChildProcess.start("/usr/bin/env", command, in: scratch)
    }

    private func run(_ command: [String]) throws -> ChildProcess.Outcome {
        try start(command).finish()
    }

    /// Whether a program is there; tells its absence otherwise.
    private func has(_ program: [String]) throws -> Bool {
        if try run(program).exitReason == .exited(0) { return true }
        Absence(description: program.joined(separator: " ")).record()
        return false
    }

    @Test(
        """
        every example of every contract is answered through a client as its contract says, and the client meets long \
        answers, a dying daemon, cancellation, timeouts and a flood on stderr
        """,
        arguments: GeneratedClient.allCases)
    func calls(_ client: GeneratedClient) throws {
        guard try has(client.requirement) else { return }
        let folder = try client.print(in: scratch)
        // Both at once: one computes, the other waits.
        let standIn = "\(GeneratedClient.oracles)/stand-in"
        let trials = try start(client.script("failures") + [folder, Binary.creditd(), standIn])
        let examples = try run(
            client.script("examples") + [folder, Binary.creditd(), Repository.path("schema/rpc")])
        let failures = trials.finish()
        let count = try ContractFile.all.get().map(\.examples.count).reduce(0, +)
        #expect(examples.text == "\(count) examples\n", "\(examples.errorText)")
        #expect(examples.exitReason == .exited(0))

        #expect(failures.text == "done\n", "\(failures.errorText)")
        #expect(failures.exitReason == .exited(0), "\(failures.errorText)")
    }

    @Test(
        "type checkers find nothing in the Python client, and wrong calls of it",
        arguments: [["mypy", "--strict", "--cache-dir", "/dev/null", "creditd.py", "usage.py"], ["basedpyright"]])
    func pythonTypes(_ command: [String]) throws {
        guard try has(["which", command[0]]) else { return }
        let folder = try GeneratedClient.python.print(in: scratch)
        try GeneratedClient.python.copyUsage(to: scratch)
        // README's program is for readers: held to the usual rules, not to the strictest.
        let program = try #require(ClientExample.all.first { $0.client == .python }).code()
        _ = try scratch.write(text: "# pyright: standard\n\(program)", to: "readme.py")
        let files = command.count > 1 ? [] : ["creditd.py", "readme.py"]
        let outcome = try run(["env", "-C", folder] + command + files)
        #expect(outcome.exitReason == .exited(0), "\(outcome.text)")
    }

    @Test("the TypeScript compiler finds nothing in the client at its strictest, and wrong calls of it")
    func typeScriptTypes() throws {
        guard try has(GeneratedClient.typescript.requirement) else { return }
        let path = try GeneratedClient.typescript.write(to: scratch)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try GeneratedClient.typescript.copyUsage(to: scratch)
        let checks = [
            "--strict", "--noUnusedLocals", "--noUnusedParameters", "--noImplicitOverride", "--noImplicitReturns",
            "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature",
        ]
        let outcome = try run(
            ["env", "-C", folder, "tsc", "--noEmit"] + GeneratedClient.target + checks + ["usage.mts"])
        #expect(outcome.exitReason == .exited(0), "\(outcome.text)")
    }

    @Test("a language that there is no client for is wrong usage")
    func unknownLanguage() throws {
        let outcome = try ChildProcess.creditd(["client", "cobol"], in: scratch).finish()
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains("python"))
        #expect(outcome.output.isEmpty)
    }
}

/// A language that `creditd client` prints a client for.
enum GeneratedClient: String, Sendable, CaseIterable {
    case python, typescript

    static let oracles = Repository.path("Tests/Oracles/clients")

    /// The compiler's options for what Node runs.
    static let target = ["--target", "es2022", "--module", "es2022", "--moduleResolution", "node"]

    private var fileExtension: String { self == .python ? "py" : "mts" }

    /// A command that succeeds where the client can be used.
    var requirement: [String] {
        self == .python ? ["python3", "-c", "import asyncio; asyncio.timeout"] : ["which", "tsc"]
    }

    /// The command that runs a script of `Tests/Oracles/clients`.
    func script(_ name: String) -> [String] {
        self == .python ? ["python3", "\(Self.oracles)/\(name).py"] : ["node", "\(Self.oracles)/\(name).mjs"]
    }

    /// Writes the client into the scratch folder, and returns its path.
    func write(to scratch: ScratchFolder) throws -> String {
        let outcome = try ChildProcess.creditd(["client", rawValue], in: scratch).finish()
        try #require(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return try scratch.write(text: outcome.text, to: "creditd.\(fileExtension)")
    }

    /// Writes the client into the scratch folder, compiles it where that is due, and returns the folder.
    func print(in scratch: ScratchFolder) throws -> String {
        let path = try write(to: scratch)
        if self == .typescript {
            let compiler = try ChildProcess.start(
                "/usr/bin/env", ["tsc", "--strict"] + Self.target + [path], in: scratch)
            let outcome = compiler.finish()
            try #require(outcome.exitReason == .exited(0), "\(outcome.text)")
        }
        return URL(filePath: path).deletingLastPathComponent().path
    }

    /// Puts right and wrong calls of the client beside it.
    func copyUsage(to scratch: ScratchFolder) throws {
        let name = "usage.\(fileExtension)"
        _ = try scratch.write(
            text: try String(contentsOfFile: "\(Self.oracles)/\(name)", encoding: .utf8), to: name)
    }
}

extension GeneratedClient: CustomTestStringConvertible {
    var testDescription: String { rawValue }
}
