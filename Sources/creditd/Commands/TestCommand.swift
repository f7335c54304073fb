import ArgumentParser
import FoundationEssentials
import Glibc
import Platform
import Transcripts

/// `creditd test FILE…`: plays transcripts of users against fresh daemons.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Play transcripts against fresh daemons on embedded stores.",
        discussion: """
            A transcript is a text of marked lines. Each case runs in a daemon of its own with empty stores:

              -- a debt is added and settled
              --> {"jsonrpc":"2.0","id":1,"method":"debt.add","params":{…}}
              <-- {"id":1,"result":{"debtId":"${uuid=debt}"}}
              --> {"jsonrpc":"2.0","id":2,"method":"debt.update","params":{"debtId":"${debt}",…}}
              <-- {"id":2,"result":{"version":"${integer}"}}

            -- names a case; a file without it is one case. --> is a line of input. <-- is an answer that has at least \
            these members, <== is one byte for byte, without placeholders; answers come in any order. # is a remark. \
            $ holds options of the daemon. === and == are headings. Every answer must be expected, and every expected \
            answer must come.

            In an expected answer a string can be a placeholder. "${any}" is any value; "${string}", "${number}", \
            "${integer}", "${boolean}", "${array}" and "${object}" are types; "${uuid}", "${date-time}", "${date}" and \
            the other formats of JSON Schema are strings of that format. "${=name}" and "${uuid=name}" capture the \
            value. "${name}" is a captured value, in an answer or in a later request, which is sent when all answers \
            above have come. $${ stands for the characters ${. An answer goes to the first expectation that it meets. \
            Tests/DaemonTests/Transcripts/README.md in the repository describes the rest.

            Exit codes: 0 every case passed; 1 a case failed; 64 wrong usage; 65 a file is malformed; 66 a file cannot \
            be read; 71, 74 and 78 as for `creditd`.
            """)

    @Argument(help: ArgumentHelp("The files, or - for stdin.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Only cases whose name has this text.", valueName: "text"))
    var filter: String?

    @Option(help: ArgumentHelp("How results are told.", valueName: "text|tap|junit"))
    var format = TestReport.Format.text

    @Flag(help: "Keep the data of failed cases, and tell where.")
    var keep = false

    @OptionGroup var schema: SchemaOptions
    @OptionGroup var reproducibility: ReproducibilityOptions

    func run() async throws {
        try await StartFailure.explained {
            let suites = try files.map(suite)
            let count = suites.reduce(0) { $0 + $1.cases.count }
            if count == 0 { throw ValidationError("no case has that text in its name") }
            if try play(suites, count: count) > 0 { throw ExitStatus.caseFailed }
        }
    }

    private struct Suite {
        let name: String
        let cases: [(name: String, transcript: Transcript)]
    }

    /// The chosen cases of a file.
    private func suite(_ path: String) throws(StartFailure) -> Suite {
        let name = path == "-" ? "stdin" : path
        guard let text = path == "-" ? FileDescriptor(0).readAll() : FileDescriptor.text(of: path) else {
            let reason = String(cString: strerror(errno))
            throw StartFailure(status: ExitStatus.noInput, message: "\(path): \(reason)")
        }
        let rows: [TranscriptRow]
        do throws(TranscriptError) {
            rows = try TranscriptRow.parse(text, file: name)
        } catch {
            throw StartFailure(status: ExitStatus.wrongData, message: error.description)
        }
        let cases = rows.flatMap { row in
            row.transcripts.map { transcript in
                let headings = [row.title, transcript.title].filter { !$0.isEmpty }
                return (name: headings.isEmpty ? name : headings.joined(separator: ": "), transcript: transcript)
            }
        }
        return Suite(
            name: name,
            cases: cases.filter { item in
                guard let filter, !filter.isEmpty else { return true }
                return item.name.lowercased().contains(filter.lowercased())
            })
    }

    /// Plays the cases and reports each; returns how many failed.
    private func play(_ suites: [Suite], count: Int) throws -> Int {
        let contracts = try SchemaFiles(folder: schema.folder).files
        let interruption = try Interruption()
        let player = TranscriptPlayer(
            program: "/proc/self/exe",
            arguments: (schema.folder.map { ["--schema", $0] } ?? []) + reproducibility.arguments,
            environment: ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") },
            contracts: Dictionary(contracts.map { ($0.path, $0.text) }) { $1 }, keepsFailures: keep,
            interrupt: interruption.descriptor)
        var report = TestReport(format: format)
        try tell(report.begin(count: count))
        for suite in suites {
            for item in suite.cases {
                let start = ContinuousClock.now
                let mismatch: Mismatch?
                do throws(ChildStartError) {
                    mismatch = try player.play(item.transcript, .inOneWrite)
                } catch {
                    throw StartFailure(status: ExitStatus.system, message: error.description)
                }
                try interruption.check()
                let outcome = TestReport.Outcome(
                    suite: suite.name, name: item.name, mismatch: mismatch, duration: .now - start)
                try tell(report.add(outcome))
            }
        }
        try tell(report.end())
        return report.failures
    }

    private func tell(_ text: String) throws {
        try FileDescriptor(1).put(text)
    }
}
