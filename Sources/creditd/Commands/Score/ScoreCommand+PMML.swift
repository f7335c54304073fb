import ArgumentParser
import Bureau
import Methods
import Platform
import Scorecards

extension ScoreCommand {
    /// `creditd score import CARD.pmml`
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn a PMML scorecard into one of format 2, on stdout.",
            discussion: """
                Reads the <Scorecard> of PMML 4.1 to 4.4, as OptBinning with sklearn2pmml, R's scorecard_pmml and the \
                editors of PMML write it. The card gives every value the points that PMML gives it, and the same \
                reasons; without reason codes its baselines are the best points to be had. A field that is declared \
                integer is taken to have whole numbers.

                Refused, by line and name: values without points (--other worst), points that are not whole (--scale \
                N), points that are computed (ComplexPartialScore), a characteristic of several or of derived fields, \
                reasons above the baseline (pointsAbove), rescaled scores (Targets), outlier treatment, dates and \
                floats, elements that PMML has not there, fields declared twice, a document type declaration. A card \
                of movements or purchases says requiresConsent.
                """)

        @Argument(help: "The PMML file, or - for stdin.")
        var file: String

        @Option(
            help: ArgumentHelp(
                "The characteristic that a field is; may be repeated. Others keep the field's name.",
                valueName: "field=characteristic"),
            transform: FieldName.init)
        var map: [FieldName] = []

        @Option(help: ArgumentHelp("Multiply all points by this.", valueName: "integer"))
        var scale: Int32 = 1

        @Option(help: "Give values without points the fewest of their characteristic.")
        var other: OtherPoints?

        @Option(help: ArgumentHelp("The model's name; by default the document's modelName.", valueName: "name"))
        var name: String?

        @Option(
            name: .customLong("version"),
            help: ArgumentHelp(
                "The model's version; by default the document's modelVersion where that is an integer, else 1.",
                valueName: "integer"))
        var modelVersion: Int?

        func validate() throws {
            guard (1...1_000_000).contains(scale) else { throw ValidationError("--scale is from 1 to 1000000") }
            if let modelVersion, modelVersion < 1 { throw ValidationError("--version is at least 1") }
            let fields = map.map(\.field)
            guard Set(fields).count == fields.count else { throw ValidationError("--map names a field twice") }
        }

        func run() async throws {
            try await StartFailure.explained {
                let text = try FileDescriptor.input(at: file)
                var options = PMMLImport()
                options.characteristics = Dictionary(uniqueKeysWithValues: map.map { ($0.field, $0.characteristic) })
                options.scale = scale
                options.fillsHoles = other == .worst
                options.model = name
                options.version = modelVersion
                let card: ScorecardFile
                do throws(PMMLError) { card = try ScorecardFile(pmml: text, options) } catch {
                    throw StartFailure(status: ExitStatus.wrongData, message: "\(file): \(error)")
                }
                try FileDescriptor(1).put(ScorecardFile.formatted(card.card))
            }
        }
    }

    /// `creditd score export NAME|FILE`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a scorecard as PMML 4.4, on stdout.",
            discussion: """
                What PMML has no place for (texts, units, kinds of missing values, the model card) is in its Extension \
                elements, so that `score import` gives the same card, with the same hash. Other programs see one kind \
                of missing value, with the points of no_record.

                Exit codes: 0 done; 65 wrong card; 66 there is no such file; 78 --schema holds no working contracts.
                """)

        @Argument(help: "The name of a scorecard that is served, or a file of format 2 or 1; - for stdin.")
        var card: String

        @OptionGroup var schema: SchemaOptions

        func run() async throws {
            try await StartFailure.explained {
                let file = try served() ?? ScorecardFile(path: card)
                let text: [UInt8]
                do throws(PMMLError) { text = try ScorecardFile.pmml(file.card) } catch {
                    throw StartFailure(status: ExitStatus.wrongData, message: "\(card): \(error)")
                }
                try FileDescriptor(1).put(text)
            }
        }

        private func served() throws -> ScorecardFile? {
            try ContractSet(files: try SchemaFiles(folder: schema.folder).files).scorecards()
                .first { $0.card.model == card }
        }
    }

    /// A field of a PMML document and the characteristic that it is.
    struct FieldName {
        let field: String
        let characteristic: String

        init(_ text: String) throws {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ValidationError("is not field=characteristic")
            }
            (field, characteristic) = (String(parts[0]), String(parts[1]))
        }
    }

    /// What `--other` gives.
    enum OtherPoints: String, ExpressibleByArgument {
        case worst
    }
}
