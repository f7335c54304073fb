import Foundation
import Transcripts

/// The program under test.
enum Binary {
    struct NotFound: Error, CustomStringConvertible {
        let description: String
    }

    /// The path in `CREDITD_BINARY`, or else the product beside the running tests.
    static func creditd() throws -> String {
        if let path = ProcessInfo.processInfo.environment["CREDITD_BINARY"], !path.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw NotFound(description: "CREDITD_BINARY names no program: \(path)")
            }
            return path
        }
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appending(path: "creditd").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw NotFound(description: "there is no \(path); build creditd, or set CREDITD_BINARY")
        }
        return path
    }
}

extension ScratchFolder {
    convenience init() throws {
        try self.init(name: "daemon")
    }

    /// The home of the daemons of a test; the first of them makes it.
    var home: String { path("home") }

    /// Writes a file and returns its path.
    func write(text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    func write(lines: [String], to name: String) throws -> String {
        try write(text: lines.map { $0 + "\n" }.joined(), to: name)
    }
}

extension ChildProcess {
    /// Everything that a child wrote, and how it ended.
    struct Outcome {
        let exitReason: ExitReason
        let output: [UInt8]
        let errors: [UInt8]

        var text: String { String(decoding: output, as: UTF8.self) }
        var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Far more than any test needs on a machine with other work.
    static let longestWait = Duration.seconds(180)

    /// Starts a program without the variables of the daemon, but with those of `environment`.
    static func start(
        _ program: String, _ arguments: [String], in scratch: ScratchFolder, environment: [String: String] = [:],
        input: Input = .pipe, output: Output = .pipe, errors: ErrorOutput = .file
    ) throws -> ChildProcess {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        return try ChildProcess(
            program, arguments, in: scratch, environment: inherited.merging(environment) { $1 }, input: input,
            output: output, errors: errors, timeout: longestWait)
    }

    /// Starts the daemon, or another of its commands, with its data under the home of `scratch`.
    static func creditd(
        _ arguments: [String] = [], home: String? = nil, in scratch: ScratchFolder,
        environment: [String: String] = [:], input: Input = .pipe, output: Output = .pipe, errors: ErrorOutput = .file
    ) throws -> ChildProcess {
        try start(
            try Binary.creditd(), arguments, in: scratch,
            environment: ["CREDITD_HOME": home ?? scratch.home].merging(environment) { $1 }, input: input,
            output: output, errors: errors)
    }

    /// Runs the daemon on `input` from beginning to end.
    static func serve(
        _ input: [UInt8], _ arguments: [String] = [], in scratch: ScratchFolder, errors: ErrorOutput = .file
    ) throws -> Outcome {
        try creditd(arguments, in: scratch, errors: errors).finish(writing: input)
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes, ends the input, reads the output to its end and waits for the child.
    func finish(writing bytes: [UInt8] = []) -> Outcome {
        output.isRead = true
        write(bytes)
        input.end()
        let reason = waitForExit()
        return Outcome(exitReason: reason, output: output.bytes, errors: errors)
    }
}

extension ChildProcess {
    /// Runs Python to its end, from the environment in which the tests run.
    static func python(_ arguments: [String], in scratch: ScratchFolder) throws -> Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try start(
            "/usr/bin/env", ["python3"] + arguments, in: scratch,
            environment: ["PATH": path, "PYTHONDONTWRITEBYTECODE": "1"]
        ).finish()
    }
}
