import ArgumentParser
import Contracts
import FoundationEssentials
import Platform
import Transcripts

/// `creditd conformance`: plays the protocol's cases against this very program.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Try this program against every row of its protocol.",
        discussion: """
            Each case runs three ways against a daemon with fresh data: in one write, byte by byte, and followed by a \
            good request. The exit code is 0 when every row holds, 1 otherwise.
            """)

    @Flag(help: "Name the rows and their cases, and play none.")
    var list = false

    @Option(help: ArgumentHelp("Only rows and cases that hold this text.", valueName: "text"))
    var filter: String?

    func run() async throws {
        try await StartFailure.explained {
            let rows: [TranscriptRow]
            do throws(TranscriptError) {
                rows = try TranscriptRow.all().compactMap(chosen)
            } catch {
                throw StartFailure(status: ExitStatus.configuration, message: error.description)
            }
            if rows.isEmpty { throw ValidationError("no row and no case holds that text") }
            if list {
                for row in rows { try tell([row.title] + row.transcripts.map { "  " + $0.title }) }
            } else if try play(rows) {
                throw ExitStatus.caseFailed
            }
        }
    }

    /// The row with the cases that pass the filter; nil without such a case.
    private func chosen(_ row: TranscriptRow) -> TranscriptRow? {
        guard let filter, !row.title.lowercased().contains(filter.lowercased()) else { return row }
        var row = row
        row.transcripts.removeAll { !$0.title.lowercased().contains(filter.lowercased()) }
        return row.transcripts.isEmpty ? nil : row
    }

    /// Plays the rows and tells of each; true when one of them does not hold.
    private func play(_ rows: [TranscriptRow]) throws -> Bool {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        let interruption = try Interruption()
        let player = TranscriptPlayer(
            program: "/proc/self/exe", environment: environment, contracts: EmbeddedFile.contracts,
            interrupt: interruption.descriptor)
        var (broken, plays) = (0, 0)
        for row in rows {
            var failures: [String] = []
            for transcript in row.transcripts {
                for delivery in transcript.deliveries {
                    plays += 1
                    let mismatch = try outcome(of: transcript, delivery, by: player)
                    try interruption.check()
                    guard let mismatch else { continue }
                    failures.append("  \(transcript.title), \(delivery.rawValue)")
                    failures += mismatch.description.split(separator: "\n").map { "    " + $0 }
                }
            }
            broken += failures.isEmpty ? 0 : 1
            try tell([(failures.isEmpty ? "ok      " : "FAILED  ") + row.title] + failures)
        }
        try tell(["\(rows.count - broken) of \(rows.count) rows hold; \(plays) plays"])
        return broken > 0
    }

    private func outcome(
        of transcript: Transcript, _ delivery: TranscriptDelivery, by player: TranscriptPlayer
    ) throws -> Mismatch? {
        do throws(ChildStartError) {
            return try player.play(transcript, delivery)
        } catch {
            throw StartFailure(status: ExitStatus.system, message: error.description)
        }
    }

    private func tell(_ lines: [String]) throws {
        try FileDescriptor(1).put(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
