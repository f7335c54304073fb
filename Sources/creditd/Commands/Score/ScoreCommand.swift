import ArgumentParser
import Bureau
import Contracts
import Encodings
import Glibc
import Platform
import Scorecards

/// `creditd score`: scorecards for the people who make and check them.
struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Check, fit, validate and run scorecards; bring them in and out as PMML.",
        discussion: """
            A scorecard is a JSON file of format 2 (schema/README.md); those of schema/scorecards/ are served.

            Exit codes: 0 done; 65 the file is no scorecard, or cannot be one of this format; 66 there is no such file; \
            74 input or output failed.
            """,
        subcommands: [Check.self, Fit.self, Validate.self, Run.self, Import.self, Export.self])

    /// `creditd score check FILE…`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell whether files are scorecards that have points for every value; print their hashes.",
            discussion: """
                A card whose characteristics are not those of the catalogue (schema/characteristics.json), in its units, is \
                valid for `score run` and `score validate`. What keeps it from being served is told.
                """)

        @Argument(help: "The scorecards.")
        var files: [String]

        func run() async throws {
            try await StartFailure.explained {
                let catalogue = try CharacteristicCatalogue(EmbeddedFile.catalogue)
                for path in files {
                    let file = try ScorecardFile(path: path)
                    let card = file.card
                    var text =
                        "\(path): \(card.model.shown) \(card.version), \(card.characteristics.count) characteristics, "
                        + "sha256 \(Hexadecimal.text(of: file.hash))\n"
                    for flaw in catalogue.flaws(of: card) { text += "\(path): cannot be served: \("\(flaw)".shown)\n" }
                    try FileDescriptor(1).put(Array(text.utf8))
                }
            }
        }
    }
}

extension ScorecardFile {
    /// Reads the scorecard at a path, or from stdin for `-`.
    init(path: String) throws(StartFailure) {
        let text = try FileDescriptor.input(at: path)
        do throws(ScorecardFileError) { try self.init(text) } catch {
            throw StartFailure(status: ExitStatus.wrongData, message: "\(path): \(error.description.shown)")
        }
    }
}

extension String {
    /// The text with U+FFFD for each character that shows nothing, or that changes what a terminal shows.
    fileprivate var shown: String {
        String(UnicodeScalarView(unicodeScalars.map { PlainText.accepts($0) ? $0 : "\u{FFFD}" }))
    }
}

extension FileDescriptor {
    /// Reads all of the file at a path, or of stdin for `-`.
    static func input(at path: String) throws(StartFailure) -> [UInt8] {
        guard let text = path == "-" ? try? FileDescriptor(0).readText() : FileDescriptor.text(of: path) else {
            let reason = String(cString: strerror(errno))
            throw StartFailure(
                status: errno == ENOENT ? ExitStatus.noInput : ExitStatus.wrongData, message: "\(path): \(reason)")
        }
        return text
    }
}
