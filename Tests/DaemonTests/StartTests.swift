import Foundation
import Testing
import Transcripts

/// Refused starts with their exit codes and sentences, and starts from unusual places.
@Suite("Starting")
struct StartTests {
    private let scratch: ScratchFolder
    private let ping = Array((#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n").utf8)

    init() throws {
        scratch = try ScratchFolder()
    }

    /// What the daemon logs when it refuses to start.
    private func refusal(_ outcome: ChildProcess.Outcome) throws -> String {
        let last = try #require(outcome.errors.split(separator: 0x0A).last, "nothing was said")
        return try #require(try Tree(last)["reason"]?.string, "\(outcome.errorText)")
    }

    @Test("a key ring that others may read is refused", arguments: ["a", "b", "c"], [0o644, 0o640, 0o604, 0o660])
    func looseKeyRing(base: String, mode: Int) throws {
        #expect(try ChildProcess.serve(ping, in: scratch).exitReason == .exited(0))
        let path = "\(scratch.home)/base-\(base).keyring"
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let outcome = try ChildProcess.serve(ping, in: scratch)
        #expect(outcome.exitReason == .exited(69))
        #expect(outcome.output.isEmpty)
        #expect(try refusal(outcome).contains(path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(
            try ChildProcess.serve(ping, in: scratch).exitReason == .exited(0), "nothing was changed by the refusal")
    }

    @Test("a home is made with mode 0700, and key rings with 0600")
    func modes() throws {
        #expect(try ChildProcess.serve(ping, in: scratch).exitReason == .exited(0))
        let mode = { (path: String) in
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(scratch.home) == 0o700)
        for base in ["a", "b", "c"] { #expect(try mode("\(scratch.home)/base-\(base).keyring") == 0o600) }
    }

    @Test("a broken key ring is refused", arguments: ["", "no key ring\n", "creditd-keyring 1\n", "\u{0}\u{FF}"])
    func brokenKeyRing(text: String) throws {
        #expect(try ChildProcess.serve(ping, in: scratch).exitReason == .exited(0))
        let path = "\(scratch.home)/base-a.keyring"
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
        let outcome = try ChildProcess.serve(ping, in: scratch)
        #expect(outcome.exitReason == .exited(69))
        #expect(try refusal(outcome).contains(path))
    }

    @Test("a file that is no database is refused", arguments: ["a", "b", "c"])
    func corruptDatabase(base: String) throws {
        #expect(try ChildProcess.serve(ping, in: scratch).exitReason == .exited(0))
        let path = "\(scratch.home)/base-\(base).sqlite"
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try Data(repeating: 0x41, count: 100_000).write(to: URL(filePath: path))
        let outcome = try ChildProcess.serve(ping, in: scratch)
        #expect(outcome.exitReason == .exited(69))
        #expect(outcome.output.isEmpty)
        #expect(try refusal(outcome).contains("base \(base.uppercased())"))
    }

    @Test("with few descriptors the daemon serves, or says which part had too few", arguments: 8..<40)
    func fewDescriptors(limit: Int) throws {
        let daemon = try ChildProcess.start(
            "/bin/sh", ["-c", "ulimit -n \(limit) && exec \"$0\"", try Binary.creditd()], in: scratch,
            environment: ["CREDITD_HOME": scratch.home])
        let outcome = daemon.finish(writing: ping)
        if outcome.exitReason == .exited(0) { return }
        let reason = try refusal(outcome)
        #expect([.exited(71), .exited(69)].contains(outcome.exitReason))
        #expect(reason.contains("base") || reason.hasSuffix("descriptor left"), "\(reason)")
    }

    @Test("a home that cannot be made is refused")
    func impossibleHome() throws {
        let file = try scratch.write(text: "", to: "file")
        let outcome = try ChildProcess.creditd(home: "\(file)/home", in: scratch).finish(writing: ping)
        #expect(outcome.exitReason == .exited(69))
        #expect(outcome.output.isEmpty)
        #expect(try !refusal(outcome).isEmpty)
    }

    @Test("a home that is a link to a folder is that folder", arguments: ["", "/"])
    func linkedHome(end: String) throws {
        let folder = scratch.path("folder")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: scratch.home, withDestinationPath: folder)
        let outcome = try ChildProcess.creditd(home: scratch.home + end, in: scratch).finish(writing: ping)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(FileManager.default.fileExists(atPath: "\(folder)/base-a.sqlite"))
    }

    @Test("--home wins over CREDITD_HOME, which wins over XDG_DATA_HOME, which wins over HOME")
    func homes() throws {
        let flag = scratch.path("by-flag")
        _ = try ChildProcess.creditd(["--home", flag], in: scratch).finish(writing: ping)
        #expect(FileManager.default.fileExists(atPath: "\(flag)/base-a.sqlite"))
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
        let daemon = try ChildProcess.creditd(
            home: "", in: scratch, environment: ["XDG_DATA_HOME": scratch.path("xdg")])
        #expect(daemon.finish(writing: ping).exitReason == .exited(0))
        #expect(FileManager.default.fileExists(atPath: scratch.path("xdg/creditd/base-a.sqlite")))
        let homely = try ChildProcess.creditd(home: "", in: scratch, environment: ["HOME": scratch.path("user")])
        #expect(homely.finish(writing: ping).exitReason == .exited(0))
        #expect(FileManager.default.fileExists(atPath: scratch.path("user/.local/share/creditd/base-a.sqlite")))
    }

    @Test("each base goes where its URL says, a flag winning over the environment")
    func bases() throws {
        let daemon = try ChildProcess.creditd(
            ["--base-a", "sqlite:\(scratch.path("a.db"))"], in: scratch,
            environment: ["CREDITD_BASE_A": "sqlite:/nowhere/a.db", "CREDITD_BASE_B": "sqlite:\(scratch.path("b.db"))"])
        #expect(daemon.finish(writing: ping).exitReason == .exited(0))
        for path in [scratch.path("a.db"), scratch.path("b.db"), "\(scratch.home)/base-c.sqlite"] {
            #expect(FileManager.default.fileExists(atPath: path))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.home)/base-a.sqlite"))
    }

    @Test(
        "a store that this version does not know is wrong usage",
        arguments: [["--base-a", "oracle://host/db"], ["--base-b", "sqlite:"], ["--base-c", ""]])
    func unknownStore(arguments: [String]) throws {
        let outcome = try ChildProcess.creditd(arguments, in: scratch).finish(writing: ping)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "unknown flags, commands and values are wrong usage",
        arguments: [
            ["--nope"], ["serve", "--nope"], ["frobnicate"], ["--log-level", "loud"], ["--home"], ["call"],
            ["openrpc", "x"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try ChildProcess.creditd(arguments, in: scratch).finish(writing: ping)
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.output.isEmpty, "stdout is the wire")
        #expect(outcome.errorText.contains("Usage:"))
    }

    @Test("--version and --help answer without a home")
    func information() throws {
        let version = try ChildProcess.creditd(["--version"], in: scratch).finish()
        #expect(version.exitReason == .exited(0))
        #expect(version.text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil, "\(version.text)")
        for arguments in [["--help"], ["serve", "--help"], ["call", "--help"], ["openrpc", "--help"]] {
            let help = try ChildProcess.creditd(arguments, in: scratch).finish()
            #expect(help.exitReason == .exited(0))
            #expect(help.text.contains("USAGE:"))
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }

    @Test("--version and system.version give the same version")
    func version() throws {
        let version = try ChildProcess.creditd(["--version"], in: scratch).finish().text
        let answer = try ChildProcess.creditd(["call", "system.version"], in: scratch).finish()
        #expect(try Tree(answer.output)["version"]?.string == version.trimmingCharacters(in: .newlines))
    }

    @Test("a copy of the binary alone serves from another folder")
    func elsewhere() throws {
        let folder = scratch.path("elsewhere")
        let name = URL(filePath: try Binary.creditd()).lastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Another process copies, because a child that starts meanwhile would inherit the open copy.
        let copy = try ChildProcess.start("/bin/cp", [try Binary.creditd(), folder], in: scratch)
        #expect(copy.finish().exitReason == .exited(0))
        let daemon = try ChildProcess.start(
            "/usr/bin/env", ["-C", folder, "\(folder)/\(name)"], in: scratch,
            environment: ["CREDITD_HOME": scratch.home])
        let request = try TestRequest(id: 1, "person.create", #"{"cpf":"1"}"#)
        let outcome = daemon.finish(writing: request.line + TestRequest(id: "2", "rpc.discover", .object([])).line)
        #expect(outcome.exitReason == .exited(0))
        let answers = try Responses(outcome.output)
        #expect(answers.byID["1"]?["error"]?["code"] == .number("-32602"))
        #expect(answers.result("2")?["methods"]?.elements.isEmpty == false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name], "nothing is left beside it")
    }
}
