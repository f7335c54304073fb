import ArgumentParser
import Glibc
import Modelling
import Platform
import Scorecards
import Tables

extension ScoreCommand {
    /// `creditd score validate CARD DATA [--baseline DATA]`
    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Report how well a scorecard does on rows with known outcomes: one HTML page, or JSON.",
            discussion: """
                  creditd score validate card.json data.csv --label bad --baseline development.csv > report.html

                The page needs no script and no network. It has ROC, KS, gains, calibration, points with WoE and IV, \
                what is missing and, where the data has a column age, groups of age; with a baseline also PSI and CSI \
                beside what chance alone gives. Rows without an outcome are counted, and left out of all but PSI and CSI. Fields are read as by \
                `creditd score run`. The probabilities of bad that the card promises follow from the metrics pdo, odds \
                and at of its model card, or from --pdo, --odds and --at.

                Exit codes: 0 done; 65 wrong card or rows; 66 there is no such file; 74 input or output failed.
                """)

        @Argument(help: ArgumentHelp("The scorecard.", valueName: "card"))
        var card: String

        @Argument(help: ArgumentHelp("A CSV file whose first line names the columns; - for stdin.", valueName: "data"))
        var data: String

        @Option(help: ArgumentHelp("The column that tells which rows are bad.", valueName: "column"))
        var label = "bad"

        @Option(
            help: ArgumentHelp(
                "The label of bad rows. (default: 1 or true is bad, 0 or false good)", valueName: "value"))
        var positive: String?

        @Option(help: ArgumentHelp("Compare with these rows, such as those of the development.", valueName: "data"))
        var baseline: String?

        @Flag(help: "Write the same figures as one JSON object.")
        var json = false

        @Option(help: ArgumentHelp("Write to this file instead of stdout.", valueName: "file"))
        var output: String?

        @Option(help: ArgumentHelp("Points that double the odds of good to bad.", valueName: "points"))
        var pdo: Double?

        @Option(help: ArgumentHelp("Odds of good to one bad at the score of --at.", valueName: "odds"))
        var odds: Double?

        @Option(help: ArgumentHelp("The score that has --odds.", valueName: "points"))
        var at: Double?

        func validate() throws {
            let given = [pdo, odds, at].compactMap(\.self)
            guard given.isEmpty || given.count == 3 else {
                throw ValidationError("--pdo, --odds and --at go together.")
            }
            guard [pdo ?? 1, odds ?? 1].allSatisfy({ 1e-6...1e6 ~= $0 }) else {
                throw ValidationError("--pdo and --odds are from 0.000001 to 1000000.")
            }
            guard -1e6...1e6 ~= at ?? 0 else { throw ValidationError("--at is from -1000000 to 1000000.") }
            guard [card, data, baseline].count(where: { $0 == "-" }) < 2 else {
                throw ValidationError("stdin can be one of the files.")
            }
        }

        func run() async throws {
            try await StartFailure.explained {
                let file = try ScorecardFile(path: card)
                let compiled = CompiledScorecard(file.card)
                let label = CardSample.Label(column: label, positive: positive)
                let sample = try Self.sample(compiled, label, of: data, isBaseline: false)
                let expected = try baseline.map { try Self.sample(compiled, label, of: $0, isBaseline: true) }
                var scale: OddsScale?
                if let pdo, let odds, let at { scale = OddsScale(pointsToDouble: pdo, odds: odds, at: at) }
                let validation = Validation(file, label: label, scale: scale, data: sample, baseline: expected)
                let maker = "creditd \(Creditd.version)"
                let bytes =
                    json
                    ? ValidationJSON(validation, maker: maker).bytes : ValidationPage(validation, maker: maker).bytes
                try write(bytes)
            }
        }

        private func write(_ bytes: [UInt8]) throws {
            try Self.write(bytes, to: output)
        }

        /// Writes a report to a file, or to stdout.
        static func write(_ bytes: [UInt8], to output: String?) throws {
            guard let output else {
                guard FileDescriptor(1).writeAll(bytes) else { throw failure("stdout", errno) }
                return
            }
            let number = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard number >= 0 else { throw failure(output, errno) }
            let isWritten = FileDescriptor(number).writeAll(bytes)
            let code = errno
            guard close(number) == 0, isWritten else { throw failure(output, isWritten ? errno : code) }
        }

        private static func failure(_ name: String, _ code: Int32) -> StartFailure {
            StartFailure(
                status: ExitStatus.inputOutput, message: "\(name) cannot be written: \(String(cString: strerror(code)))"
            )
        }

        /// Scores the rows of a file, and hashes its bytes as they are read.
        static func sample(
            _ card: CompiledScorecard, _ label: CardSample.Label, of path: String, isBaseline: Bool
        ) throws -> (source: Validation.Source, sample: CardSample) {
            let name = path == "-" ? "stdin" : String(path.split(separator: "/").last ?? "")
            let number = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
            guard number >= 0 else {
                throw StartFailure(
                    status: errno == ENOENT ? ExitStatus.noInput : ExitStatus.wrongData,
                    message: "\(path): \(String(cString: strerror(errno)))")
            }
            defer { if number > 0 { close(number) } }
            let hash = StreamHash()
            do {
                var reader = try CSVReader { buffer in
                    let count = FileDescriptor(number).read(into: buffer)
                    if count > 0 { hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                    return count
                }
                let sample = try CardSample(card, label: label, isLabelOptional: isBaseline, reading: &reader)
                return (Validation.Source(name: name, sha256: hash.finish()), sample)
            } catch CSVError.unreadable(let code) {
                throw StartFailure(
                    status: ExitStatus.inputOutput, message: "\(name): \(String(cString: strerror(code)))")
            } catch let error as CSVError {
                throw StartFailure(status: ExitStatus.wrongData, message: "\(name): \(error)")
            } catch let error as RowError {
                throw StartFailure(status: ExitStatus.wrongData, message: "\(name): \(error)")
            }
        }
    }
}
