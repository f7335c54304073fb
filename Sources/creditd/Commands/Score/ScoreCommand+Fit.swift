import ArgumentParser
import Bureau
import Contracts
import Glibc
import Modelling
import Platform
import Scorecards

extension ScoreCommand {
    /// `creditd score fit DATA --label NAME`
    struct Fit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fit a scorecard to cases with known outcomes; print it.",
            discussion: """
                DATA is a CSV file with a line of names, a column for the outcome and one for each characteristic. \
                Empty fields, NA, NaN and null are missing, and so are no_record, not_applicable, truncated and \
                not_known_then, each with its own points where 5 % of the cases have it; rows without an outcome are \
                left out. A column is of numbers or of texts; one that has both, or more than \
                \(DevelopmentSample.maximumCategories) different texts, is left out and named, and so is one of CPF \
                numbers, or named cpf or id; where --only names it, it is refused.

                Numbers are cut at their quantiles, and neighbours joined into at most 6 bins with 5 % of the cases \
                each, whose weights of evidence rise or fall throughout; texts are joined likewise by their bad rates, \
                rare ones to the points of `other`. A logistic regression with a ridge gives each characteristic its \
                weight; those that would count against their own evidence are dropped. The points are whole numbers.

                The same rows in another order, and another number of threads, give the same bytes. The card holds no \
                row, but it names the categories. Memory is 8 bytes a number. The summary goes to stderr.

                  creditd score fit loans.csv --label defaulted --only income,housing,overdueDebts > card.json

                Exit codes: 0 fitted; 65 the data cannot be fitted, such as by a leak; 66 there is no such file; \
                74 input or output failed.
                """)

        @Argument(help: "The CSV file, or - for stdin.")
        var data: String

        @Option(help: "The column with the outcome: 1 or true is bad, 0 or false is good.")
        var label: String

        @Option(help: "The outcome that is bad, where it is another word; all others are good.")
        var positive: String?

        @Option(help: "The columns to use, separated by commas; all by default.")
        var only: String?

        @Option(help: "Columns whose numbers are names, such as codes, separated by commas.")
        var categories: String?

        @Option(help: "Points that double the odds of good to bad.")
        var pdo = 50.0

        @Option(help: "The odds of good to bad at the score of --at.")
        var odds = 19.0

        @Option(help: "The score that has the odds of --odds.")
        var at = 600.0

        @Option(help: "The model's name.")
        var name = "fitted"

        @Option(name: .customLong("version"), help: "The model's version.")
        var modelVersion = 1

        @Option(help: "A sentence about the model, for the card.")
        var description = ""

        @Flag(help: "Use the column age, where no bin may have fewer points than a younger one.")
        var usesAge = false

        @Flag(help: "Say in the card that it needs the person's consent; said without it for movements and purchases.")
        var requiresConsent = false

        @Flag(help: "Use columns that alone have an AUC above 0.95 or an information value above 1.")
        var allowLeak = false

        @Option(help: "Parts for the measures out of fold; 0 for none. By default 5 up to 100000 rows, else none.")
        var folds: Int?

        @Flag(help: "Put the SHA-256 of DATA into the card, which then depends on the order of its rows.")
        var hashData = false

        @Option(help: ArgumentHelp("Also write the page of `creditd score validate` on DATA.", valueName: "file"))
        var report: String?

        @Option(help: "Threads to use; by default one for each processor, at most 8.")
        var threads: Int?

        func validate() throws {
            guard report == nil || data != "-" else { throw ValidationError("--report reads DATA again: name a file.") }
            guard 0.1...1000 ~= pdo else { throw ValidationError("--pdo is from 0.1 to 1000.") }
            guard 0.001...1_000_000 ~= odds else { throw ValidationError("--odds is from 0.001 to 1000000.") }
            guard -100_000...100_000 ~= at else { throw ValidationError("--at is from -100000 to 100000.") }
            guard 1...Scorecard.maximumNameLength ~= name.unicodeScalars.count else {
                throw ValidationError("--name has 1 to \(Scorecard.maximumNameLength) characters.")
            }
            guard description.unicodeScalars.count <= Scorecard.maximumTextLength else {
                throw ValidationError("--description has at most \(Scorecard.maximumTextLength) characters.")
            }
            guard Scorecard.versionRange ~= modelVersion else {
                throw ValidationError("--version is from 1 to \(Scorecard.versionRange.upperBound).")
            }
            guard folds.map({ $0 == 0 || 2...100 ~= $0 }) ?? true else {
                throw ValidationError("--folds is 0, or from 2 to 100.")
            }
            guard threads.map({ 1...64 ~= $0 }) ?? true else { throw ValidationError("--threads is from 1 to 64.") }
        }

        func run() async throws {
            try await StartFailure.explained {
                let outcome = await OSThread.run { Result { try fitted() } }
                guard let outcome else { throw StartFailure.noThread }
                let (card, summary) = try outcome.get()
                FileDescriptor(2).offer(summary)
                if let report { try write(report, about: card) }
                try FileDescriptor(1).put(ScorecardFile.formatted(card))
            }
        }
    }
}

extension ScoreCommand.Fit {
    /// The card, and what is told of it.
    private func fitted() throws -> (card: Scorecard, summary: String) {
        let file = try TableFile(data, hashes: hashData)
        let only = only?.split(separator: ",").map(String.init)
        if !usesAge, only?.contains(Scorecard.ageName) == true {
            throw StartFailure(status: ExitStatus.wrongData, message: "age is used only with --uses-age")
        }
        do {
            var reader = try file.reader()
            let content = try DevelopmentSample.read(
                &reader,
                DevelopmentSample.Selection(
                    label: label, positive: positive, only: only,
                    categories: Set(categories?.split(separator: ",").map(String.init) ?? []),
                    without: usesAge ? [] : [Scorecard.ageName]))
            let fit = try ScorecardFit(content.sample, options(rows: content.sample.count))
            let card = try fit.card(
                ScorecardFit.Naming(
                    model: name, version: modelVersion, description: description,
                    requiresConsent: try requiresConsent || fit.requiresConsent,
                    data: file.name, sha256: file.finish(), label: positive.map { "\(label) is \($0)" } ?? label))
            return (card, fit.summary(of: content))
        } catch {
            throw StartFailure(status: ExitStatus.wrongData, message: "\(file.name): \(error)")
        }
    }

    /// Reads the data again, as the card scores them.
    private func write(_ report: String, about card: Scorecard) throws {
        let label = CardSample.Label(column: label, positive: positive)
        let sample = try ScoreCommand.Validate.sample(CompiledScorecard(card), label, of: data, isBaseline: false)
        let validation = Validation(ScorecardFile(card), label: label, scale: nil, data: sample, baseline: nil)
        let page = ValidationPage(validation, maker: "creditd \(Creditd.version)")
        try ScoreCommand.Validate.write(page.bytes, to: report)
    }

    private func options(rows: Int) -> ScorecardFit.Options {
        var options = ScorecardFit.Options()
        options.scale = OddsScale(pointsToDouble: pdo, odds: odds, at: at)
        options.allowsLeaks = allowLeak
        // A greater age is never worth less.
        options.rising = [Scorecard.ageName]
        options.folds = folds ?? (rows <= 100_000 ? 5 : 0)
        options.threads = threads ?? min(8, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        return options
    }
}

extension ScorecardFit {
    /// Whether the catalogue has a characteristic that needs the person's consent.
    fileprivate var requiresConsent: Bool {
        get throws {
            let catalogue = try CharacteristicCatalogue(EmbeddedFile.catalogue)
            return characteristics.contains { characteristic in
                catalogue.entries.contains { $0.name.rawValue == characteristic.name && $0.requiresConsent }
            }
        }
    }

    /// Lines for people: how well the card does, and what each characteristic is worth.
    fileprivate func summary(of content: DevelopmentSample.Content) -> String {
        func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        func line(_ name: String, _ measures: Measures) -> String {
            "\(name): AUC \(rounded(measures.areaUnderCurve)), Gini \(rounded(measures.gini)), "
                + "KS \(rounded(measures.kolmogorovSmirnov))\n"
        }
        var text = "\(classes.total) cases, \(classes.bad) bad\n" + line("on these cases", measures)
        if let outOfFold { text += line("out of \(options.folds) folds", outOfFold) }
        for characteristic in characteristics {
            text +=
                "\(characteristic.name): information value \(rounded(characteristic.informationValue)), "
                + "0 to \(characteristic.points.max() ?? 0) points\n"
        }
        if !dropped.isEmpty { text += "dropped, because they add nothing: \(dropped.joined(separator: ", "))\n" }
        if content.unlabelledCount > 0 { text += "left out, without an outcome: \(content.unlabelledCount) rows\n" }
        let leftOut = [FitError.leftOut(content.leftOut), FitError.identities(content.identities)]
        return text + leftOut.compactMap { $0.map { "\($0)\n" } }.joined()
    }
}
