/// Plays cases against a program, each in a process of its own with fresh data of its own.
public struct TranscriptPlayer: Sendable {
    private let program: String
    private let arguments: [String]
    private let environment: [String: String]
    private let contracts: [String: [UInt8]]
    private let keepsFailures: Bool
    private let timeout: Duration
    private let interrupt: Int32

    /// - Parameters:
    ///   - arguments: Given to the program before those of a case.
    ///   - environment: The whole environment of the program.
    ///   - contracts: The program's contracts, by their paths; a case may replace some.
    ///   - keepsFailures: Whether the data of a failed case stays on disk.
    ///   - timeout: The longest wait for an answer, or for the end of the program.
    ///   - interrupt: A descriptor; when it becomes readable, the case under way fails at once, and leaves neither a
    ///     process nor a folder.
    public init(
        program: String, arguments: [String] = [], environment: [String: String], contracts: [String: [UInt8]],
        keepsFailures: Bool = false, timeout: Duration = .seconds(60), interrupt: Int32 = -1
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.contracts = contracts
        self.keepsFailures = keepsFailures
        self.timeout = timeout
        self.interrupt = interrupt
    }

    /// Plays a case to its end, which blocks the thread; nil when the daemon did what the case says.
    public func play(_ transcript: Transcript, _ delivery: TranscriptDelivery) throws(ChildStartError) -> Mismatch? {
        let folder = try ScratchFolder(name: "creditd-test")
        let home = folder.path("home")
        var arguments = ["--home", home] + arguments + transcript.arguments
        if !transcript.contracts.isEmpty {
            let files = contracts.merging(transcript.contracts) { $1 }
            guard folder.write(files, under: "schema") else { throw .noTemporaryFolder }
            arguments += ["--schema", folder.path("schema")]
        }
        let child = try ChildProcess(
            program, arguments, in: folder, environment: environment, errors: transcript.errorOutput,
            limits: transcript.limits, timeout: timeout, interrupt: interrupt)
        var run = TranscriptRun(transcript, delivery, child: child, home: home)
        do throws(Mismatch) {
            try run.run()
            return nil
        } catch {
            var mismatch = error
            mismatch.sent = run.sent.map { Excerpt($0).text }
            mismatch.errors = Excerpt(child.errors).text
            if keepsFailures {
                folder.keep()
                mismatch.keptFolder = home
            }
            return mismatch
        }
    }
}
