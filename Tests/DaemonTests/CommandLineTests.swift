import Foundation
import JSON
import Testing
import Transcripts

/// What the command line says, and where.
@Suite("The command line")
struct CommandLineTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func run(_ arguments: [String]) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(arguments, in: scratch).finish()
    }

    /// Runs a script of a shell, in which `$0` is the program.
    private func shell(_ script: String) throws -> ChildProcess.Outcome {
        try ChildProcess.start(
            "/bin/sh", ["-c", script, try Binary.creditd()], in: scratch, environment: ["CREDITD_HOME": scratch.home]
        ).finish()
    }

    @Test(
        "an unknown command is named, with the one that was meant",
        arguments: [
            (["cal", "system.ping"], "creditd has no command 'cal'. Did you mean 'call'?", "creditd [serve]"),
            (["migrate", "stats"], "creditd migrate has no command 'stats'. Did you mean 'status'?", "creditd"),
            (["schema", "chek"], "creditd schema has no command 'chek'. Did you mean 'check'?", "creditd schema"),
            (["help", "nope"], "creditd has no command 'nope'.\n", "creditd help"),
            (["help", "migrate", "ap"], "creditd migrate has no command 'ap'. Did you mean 'up'?", "creditd help"),
            ([#"{"cpf":"52998224725"}"#], "creditd has no such command.\n", "creditd [serve]"),
        ])
    func unknownCommand(arguments: [String], sentence: String, usage: String) throws {
        let outcome = try run(arguments)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.hasPrefix("Error: \(sentence)"), "\(outcome.errorText)")
        #expect(outcome.errorText.contains("\nUsage: \(usage)"), "\(outcome.errorText)")
        #expect(!outcome.errorText.contains("52998224725"))
        #expect(outcome.output.isEmpty)
    }

    @Test("the help of a method tells what it shows, for which purposes and on which legal basis")
    func methodHelp() throws {
        let outcome = try run(["help", "person.get"])
        #expect(outcome.exitReason == .exited(0))
        for line in [
            "Params: cpf purpose [requester]\n", "Shows: identity contacts address debts\n",
            "  fraud_prevention (LGPD art. 7, IX, and art. 10)\n",
        ] {
            #expect(outcome.text.contains(line), "\(outcome.text)")
        }
        #expect(try run(["help", "person.gte"]).exitReason == .exited(64))
    }

    @Test("the policy is printed by role and purpose, as a table or as JSON with every cell")
    func policy() throws {
        let table = try run(["policy", "--role", "collector"])
        #expect(table.exitReason == .exited(0))
        #expect(table.text.hasPrefix("collector: "))
        #expect(table.text.contains("  for contract_performance\n    plain   identity debts payments\n"))
        #expect(!table.text.contains("auditor"))
        let document = try Document(try run(["policy", "--json"]).output)
        let cells = document.root["roles"]?.elements.flatMap { role in
            (role["reads"].map { Array($0.members) } ?? []).flatMap { $0.value.members.map { $0.value.string } }
        }
        #expect(cells?.count == 7 * 9 * 10)
        #expect(Set(cells ?? []) == ["plain", "masked", "denied"])
    }

    @Test("a store on a server refuses a start without a role, and a name that is none", arguments: [nil, "boss", ""])
    func role(name: String?) throws {
        let arguments = ["--base-a", "postgresql://127.0.0.1:1/none"] + (name.map { ["--role", $0] } ?? [])
        for command in [[], ["call", "system.ping"]] {
            let outcome = try run(command + arguments)
            #expect(outcome.exitReason == .exited(64))
            #expect(outcome.errorText.contains("role"), "\(outcome.errorText)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test("an actor or a requester with a CPF in it refuses the start", arguments: ["--actor", "--requester"])
    func holdsCPF(option: String) throws {
        let outcome = try run(["call", "system.ping", option, "Loja 529.982.247-25"])
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains("without a CPF") && !outcome.errorText.contains("529.982"))
    }

    @Test("an unknown option is named, with the one that was meant")
    func unknownOption() throws {
        #expect(try run(["--hme", "x"]).errorText.hasPrefix("Error: Unknown option '--hme'. Did you mean '--home'?"))
    }

    @Test(
        "an error shows how its own command is used",
        arguments: [
            (["migrate", "up", "--nope"], "creditd migrate up"), (["migrate", "up", "0"], "creditd migrate up"),
            (["call", "system.ping", "--base-a", "x:y"], "creditd call"), (["--nope"], "creditd [serve]"),
            (["call", "system.ping", "{"], "creditd call"), (["doctor", "--base-b", "x:y"], "creditd doctor"),
            (["serve", "--nope"], "creditd serve"), (["migrate", "--nope"], "creditd migrate [status]"),
        ])
    func usage(arguments: [String], command: String) throws {
        let outcome = try run(arguments)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains("\nUsage: \(command) "), "\(outcome.errorText)")
        let named = command.split(separator: " ").filter { !$0.hasPrefix("[") }.joined(separator: " ")
        #expect(outcome.errorText.hasSuffix("  See '\(named) --help' for more information.\n"))
    }

    @Test("params that are too many are not repeated, because they may hold personal values")
    func tooManyArguments() throws {
        let outcome = try run(["call", "person.get", "{}", #"{"cpf":"52998224725"}"#])
        #expect(outcome.exitReason == .exited(64))
        #expect(!outcome.errorText.contains("52998224725"))
        #expect(outcome.errorText.contains("more arguments than creditd call takes"))
    }

    @Test("help shows the help of a command")
    func help() throws {
        let outcome = try run(["help", "migrate", "up"])
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.text.contains("USAGE: creditd migrate up "))
        #expect(try outcome.text == run(["migrate", "up", "--help"]).text)
    }

    @Test(
        "a full stdout ends with 74, whatever is written to it",
        arguments: [
            "--help", "--version", "help", "migrate up --help", "--generate-completion-script bash", "openrpc",
            "conformance --list", "call system.ping",
        ])
    func fullOutput(arguments: String) throws {
        let outcome = try shell("exec \"$0\" \(arguments) > /dev/full")
        #expect(outcome.exitReason == .exited(74))
        #expect(try shell("exec \"$0\" \(arguments) >&-").exitReason == .exited(74))
    }

    @Test("a full or closed stderr does not change the exit code", arguments: ["2> /dev/full", "2>&-"])
    func fullErrors(redirection: String) throws {
        #expect(try shell("exec \"$0\" --nope \(redirection)").exitReason == .exited(64))
        #expect(try shell("exec \"$0\" call \(redirection)").exitReason == .exited(64))
        #expect(try shell("exec \"$0\" schema check /none \(redirection)").exitReason == .exited(66))
    }

    @Test("usage on a full pipe that nobody reads does not block")
    func unreadErrors() throws {
        let process = try ChildProcess.creditd(["--nope"], in: scratch, errors: .full)
        #expect(process.finish().exitReason == .exited(64))
    }

    @Test(
        "an argument or variable that is not UTF-8 is refused by its place, and never shown",
        arguments: [
            (#"exec "$0" --home "$(printf '/tmp/S\343o')""#, "the value of --home is not UTF-8"),
            (#"exec "$0" --base-a="$(printf 'sqlite:/tmp/S\351o')""#, "the value of --base-a is not UTF-8"),
            (#"exec "$0" call system.echo "$(printf '{"n":"Jos\351"}')""#, "argument 3 is not UTF-8"),
            (#"CREDITD_BASE_C="$(printf 'sqlite:/tmp/S\351o')" exec "$0""#, "variable CREDITD_BASE_C is not UTF-8"),
            (#"HOME="$(printf '/tmp/S\351o')" exec "$0""#, "variable HOME is not UTF-8"),
        ])
    func notUTF8(script: String, sentence: String) throws {
        let outcome = try shell(script)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains(sentence), "\(outcome.errorText)")
        #expect(!outcome.errors.contains(0xE9) && !outcome.errors.contains(0xE3))
        #expect(outcome.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }

    @Test("arguments in UTF-8 are taken as they are, also beyond ASCII")
    func utf8() throws {
        let outcome = try run(["call", "system.echo", #"{"n":"José"}"#, "--home", scratch.path("São")])
        #expect(outcome.text == #"{"n":"José"}"# + "\n")
        #expect(FileManager.default.fileExists(atPath: scratch.path("São/base-a.sqlite")))
    }

    @Test(
        "what looks like a path and means something else is refused",
        arguments: [
            (["--base-a", "sqlite:file:a.db?mode=ro"], "SQLite URI"),
            (["--base-a", "sqlite:a.db?mode=ro"], "SQLite URI"),
            (["--base-b", "sqlite://x"], "// behind sqlite:"), (["--base-c", "sqlite:///x"], "// behind sqlite:"),
            (["--base-a", "sqlite:~/a.db"], "begins with ~"), (["--base-a", "sqlite:"], "is empty"),
            (["--base-a", "sqlite::memory:"], "names no file"), (["--home", ""], "the home is empty"),
            (["--home", "~/creditd"], "begins with ~"), (["--keyring-dir", ""], "is empty"),
        ])
    func noPath(arguments: [String], sentence: String) throws {
        let outcome = try run(arguments)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.errorText.contains(sentence), "\(outcome.errorText)")
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }
}
