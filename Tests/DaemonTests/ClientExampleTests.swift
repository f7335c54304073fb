import Foundation
import Testing
import Transcripts

/// The programs of README, run unchanged.
@Suite("Clients of other languages")
struct ClientExampleTests {
    private let scratch: ScratchFolder
    /// A folder with nothing but a program named creditd.
    private let programs: String

    init() throws {
        scratch = try ScratchFolder()
        programs = scratch.path("programs")
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(programs)/creditd", withDestinationPath: URL(filePath: try Binary.creditd()).path)
    }

    private func run(_ command: [String]) throws -> ChildProcess.Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try ChildProcess.start(
            "/usr/bin/env", command, in: scratch,
            environment: [
                "PATH": "\(programs):\(path)", "CREDITD_HOME": scratch.home, "CREDITD_BINARY": try Binary.creditd(),
            ]
        ).finish()
    }

    @Test(
        "an example of README prints the expected lines, with the exit code of its daemon",
        arguments: ClientExample.all)
    func example(_ example: ClientExample) throws {
        let code = try example.code()
        guard try run(example.requirement).exitReason == .exited(0) else {
            return Absence(description: "what the example in \(example.language) needs").record()
        }
        _ = try example.client?.print(in: scratch)
        let file = try scratch.write(text: code, to: "client.\(example.fileExtension)")
        let outcome = try run(example.command + [file])
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.text == example.output.map { $0 + "\n" }.joined())
        #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    }

    /// A daemon that also says what nobody asked for: progress, and an answer to a line whose id it could not read. The
    /// latter fails a call of a generated client, because such a client sends no such line unless for a call.
    private static func chatty(_ example: ClientExample) -> String {
        let unread = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m","data":{"reason":"r"}}}"#
        return """
            #!/bin/sh
            echo '{"jsonrpc":"2.0","method":"$/progress","params":{"token":"t","value":{"kind":"begin","title":"t"}}}'
            echo '\(example.client == nil ? unread : "")'
            exec "$CREDITD_BINARY"
            """
    }

    @Test(
        "an example of README is not disturbed by progress, nor by an answer without an id",
        arguments: ClientExample.all)
    func chattyDaemon(_ example: ClientExample) throws {
        let code = try example.code()
        guard try run(example.requirement).exitReason == .exited(0) else {
            return Absence(description: "what the example in \(example.language) needs").record()
        }
        let program = "\(programs)/creditd"
        try FileManager.default.removeItem(atPath: program)
        try Self.chatty(example).write(toFile: program, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        _ = try example.client?.print(in: scratch)
        let file = try scratch.write(text: code, to: "client.\(example.fileExtension)")
        let outcome = try run(example.command + [file])
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(outcome.text == example.output.map { $0 + "\n" }.joined())
        #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    }

    @Test("every program of README is tested")
    func languages() throws {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let marks = Set(readme.matches(of: /(?m)^```([a-z]+)$/).map { String($0.1) })
        #expect(marks.subtracting(["console", "json"]) == Set(ClientExample.all.map(\.language)))
    }
}

/// A program of README that talks to a daemon, and the command that runs the program.
struct ClientExample: Sendable {
    struct NotFound: Error, CustomStringConvertible {
        let description: String
    }

    /// The language after the ``` of its block in README.
    let language: String
    /// The program and its arguments, up to the example's file.
    let command: [String]
    let fileExtension: String
    /// A command that succeeds where the example can run.
    let requirement: [String]
    let output: [String]
    /// The client that the example imports.
    var client: GeneratedClient?

    static let all = [
        ClientExample(
            language: "python", command: ["python3"], fileExtension: "py",
            requirement: ["python3", "-c", "import asyncio; asyncio.timeout"], output: ["None", "not_found False"],
            client: .python),
        ClientExample(
            language: "javascript", command: ["node"], fileExtension: "mjs", requirement: ["tsc", "--version"],
            output: ["null", "not_found false", "exit 0"], client: .typescript),
        ClientExample(
            language: "bash", command: ["bash"], fileExtension: "sh", requirement: ["bash", "--version"],
            output: [
                #"{"jsonrpc":"2.0","id":2,"error":{"code":1001,"message":"There is no such subject or record.","#
                    + #""data":{"reason":"not_found"}}}"#,
                #"{"jsonrpc":"2.0","id":1,"result":{"bureau_query":null,"movement":null,"card_purchase":null}}"#,
                "exit 0",
            ]),
    ]

    /// The one block of README in that language.
    func code() throws -> String {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let parts = readme.components(separatedBy: "```\(language)\n")
        guard parts.count == 2, let end = parts[1].range(of: "\n```\n") else {
            throw NotFound(description: "README has not one block of \(language)")
        }
        return parts[1][..<end.lowerBound] + "\n"
    }
}

extension ClientExample: CustomTestStringConvertible {
    var testDescription: String { language }
}
