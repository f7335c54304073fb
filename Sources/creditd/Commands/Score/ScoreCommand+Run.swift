import ArgumentParser
import Glibc
import Modelling
import Platform
import Scorecards
import Tables

extension ScoreCommand {
    /// `creditd score run CARD < rows.csv > scores.csv`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Score the rows of a CSV file: stdin to stdout, no store.",
            discussion: """
                The first line names the columns. Those of the scorecard's characteristics are read; all others, such as \
                an id, are written as they are, and then score (0 to 1000), rawScore and reason1 to reason4: the reason \
                code of the card, or the characteristic, largest loss first. A file that has a column of such a name (with \
                --points also points_NAME), which the card does not read, is refused.

                An empty field, NA, NaN and null are missing (no_record); a field that names a kind of missing value \
                (not_applicable, truncated, not_known_then) is that kind. A category that the card does not list, and a \
                number in no bin, have its points for other values. A row with more or fewer fields than the first line, \
                and a text where a number is due, end the run: line and column are told, never the value. Rows before it \
                are written. An empty line is a row where the file has one column, and is passed over where it has \
                several.

                Exit codes: 0 done; 65 wrong card or rows; 66 there is no such card; 74 stdin or stdout failed.
                """)

        @Argument(help: ArgumentHelp("The scorecard.", valueName: "card"))
        var card: String

        @Flag(help: "Write the points of each characteristic too, in columns points_NAME.")
        var points = false

        func run() async throws {
            try await StartFailure.explained {
                let card = try ScorecardFile(path: self.card)
                do throws(BatchScoring.Failure) {
                    _ = try BatchScoring(card.card, tellsPoints: points).run(
                        from: FileDescriptor(0), to: FileDescriptor(1))
                } catch {
                    throw StartFailure(batch: error)
                }
            }
        }
    }
}

extension StartFailure {
    /// The sentence and exit code of a run over rows.
    init(batch failure: BatchScoring.Failure) {
        switch failure {
        case .row(let error): self.init(status: ExitStatus.wrongData, message: "stdin: \(error)")
        case .csv(.unreadable(let code)):
            self.init(status: ExitStatus.inputOutput, message: "stdin failed: \(String(cString: strerror(code)))")
        case .csv(let error): self.init(status: ExitStatus.wrongData, message: "stdin: \(error)")
        case .output(let code):
            self.init(status: ExitStatus.inputOutput, message: "stdout failed: \(String(cString: strerror(code)))")
        }
    }
}
