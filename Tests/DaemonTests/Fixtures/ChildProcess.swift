import Conformance
import Foundation

/// A program that a test has started, with its three streams.
///
/// Tests use it from the thread that runs them, which it blocks. That also bounds how many children there are at a
/// time; nothing in here waits for another task.
final class ChildProcess {
    enum Input {
        case pipe
        /// A file, opened for the child; how far it has read can be told afterwards.
        case file(String)
    }

    enum Output {
        case pipe
        /// Not open in the child.
        case closed
    }

    enum Errors {
        /// Kept in a file.
        case kept
        case closed
        /// A pipe whose reader has gone.
        case abandoned
        /// A pipe that is full and never read.
        case full
    }

    /// All that a child said, and how it ended.
    struct Outcome {
        let ending: Ending
        let output: [UInt8]
        let errors: [UInt8]

        var text: String { String(decoding: output, as: UTF8.self) }
        var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    let processID: pid_t
    let output: OutputReader
    private let feed: InputFeed?
    /// The end of the input pipe that is written to, for tests that look at its level.
    let inputDescriptor: Int32
    private let lifetime: Lifetime
    /// Held, so that the child's home and its errors are there as long as the child is.
    private let scratch: TemporaryFolder
    private let errorsPath: String?
    private let keptDescriptors: [Int32]

    init(
        _ executable: String, _ arguments: [String], scratch: TemporaryFolder, environment: [String: String] = [:],
        folder: String? = nil, input: Input = .pipe, output: Output = .pipe, errors: Errors = .kept
    ) throws {
        let lifeline = try OSPipe()
        var given: [Spawn.Descriptor] = []
        var kept: [Int32] = []
        var errorsPath: String?

        switch input {
        case .pipe:
            let pipe = try OSPipe()
            given.append(Spawn.Descriptor(0, from: pipe.readEnd))
            inputDescriptor = pipe.writeEnd
            feed = InputFeed(descriptor: pipe.writeEnd)
        case .file(let path):
            inputDescriptor = open(path, O_RDONLY | O_CLOEXEC)
            given.append(Spawn.Descriptor(0, from: dup(inputDescriptor)))
            kept.append(inputDescriptor)
            feed = nil
        }
        let outputPipe = try OSPipe()
        if case .pipe = output {
            given.append(Spawn.Descriptor(1, from: outputPipe.writeEnd))
        } else {
            close(outputPipe.writeEnd)
        }
        self.output = OutputReader(descriptor: outputPipe.readEnd)
        switch errors {
        case .kept:
            let path = scratch.freshPath("stderr")
            given.append(Spawn.Descriptor(2, from: open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)))
            errorsPath = path
        case .closed:
            break
        case .abandoned:
            let pipe = try OSPipe()
            close(pipe.readEnd)
            given.append(Spawn.Descriptor(2, from: pipe.writeEnd))
        case .full:
            let pipe = try OSPipe()
            pipe.fill()
            given.append(Spawn.Descriptor(2, from: pipe.writeEnd))
            kept.append(pipe.readEnd)
        }
        given.append(Spawn.Descriptor(3, from: lifeline.writeEnd))
        defer { given.forEach { close($0.own) } }

        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        processID = try Spawn(
            executable: folder == nil ? executable : "/usr/bin/env",
            arguments: folder.map { ["-C", $0, executable] + arguments } ?? arguments,
            environment: inherited.merging(environment) { $1 }, descriptors: given
        ).start()
        lifetime = Lifetime(of: processID, lifeline: lifeline.readEnd)
        self.scratch = scratch
        self.errorsPath = errorsPath
        keptDescriptors = kept
    }

    deinit {
        lifetime.signal(SIGKILL)
        keptDescriptors.forEach { close($0) }
    }

    func write(_ bytes: [UInt8]) { feed?.write(bytes) }

    func write(_ text: String) { write(Array(text.utf8)) }

    func closeInput() { feed?.close() }

    /// Waits until everything is in the pipe, or the child is gone.
    func waitUntilInputIsWritten() { feed?.waitUntilWritten() }

    var isOver: Bool { lifetime.isOver }

    func signal(_ number: Int32) { lifetime.signal(number) }

    func waitForEnd() -> Ending { lifetime.waitForEnd() }

    /// What the child has written to stderr so far.
    var errors: [UInt8] {
        errorsPath.flatMap { FileManager.default.contents(atPath: $0) }.map { [UInt8]($0) } ?? []
    }

    /// Writes, ends the input, reads the output to its end and waits for the child.
    func finish(writing bytes: [UInt8] = []) -> Outcome {
        write(bytes)
        closeInput()
        let output = output.readToEnd()
        let ending = waitForEnd()
        return Outcome(ending: ending, output: output, errors: errors)
    }
}
