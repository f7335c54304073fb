import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Logging
import Platform
import Services
import Tables
import Vault

/// `creditd features`: characteristics for those who develop scorecards.
struct FeaturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Extract characteristics under pseudonyms, to learn from them.",
        subcommands: [Extract.self])

    /// `creditd features extract`
    struct Extract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the characteristics of everybody, or of labelled people, as of an instant.",
            discussion: """
                A row a subject, in the order of the identifiers, which only this study has: extracts of two studies \
                cannot be joined by them, and one study's can. Every column is in every row, null where there is no \
                value. There is no CPF, token, name, address or date of birth; age is the lower end of five years. The \
                rows stay personal data all the same (LGPD), of those who have neither closed their register nor had \
                their data blocked, and of whom a score would be computed. Movements and purchases are of those who \
                consent to the --requester and the purpose, as in a score. The audit log has the extraction with its \
                purpose and count, also one that fails or is ended by SIGTERM or SIGINT.

                With characteristics of base B alone (--bases b) base B is walked. Otherwise the walk begins in base A, \
                where alone a CPF can be opened, or with the labels: --labels names a CSV file with the columns cpf, \
                bad (0 or 1) and perhaps asOf, a line for a CPF and an instant. It stays where it is, and no CPF of it \
                is written anywhere.

                Progress is told on stderr: a bar on a terminal, otherwise a JSON line every ten seconds; also why a \
                store that is away is asked again, for up to a minute.
                """)

        @OptionGroup var subject: ExtractionOptions
        @OptionGroup var output: ExtractionOutputOptions
        @OptionGroup var stores: StoreOptions
        @OptionGroup var access: AccessOptions
        @OptionGroup var logging: LogOptions

        func validate() throws {
            if output.printSchema == nil, subject.study == nil { throw ValidationError("--study is needed.") }
            if let study = subject.study, !ExtractionOptions.isStudy(study) {
                throw ValidationError("--study takes 1 to 64 small letters, digits, '-', '_' and '.', and no CPF.")
            }
            _ = try subject.characteristics()
        }

        func run() async throws {
            let characteristics = try subject.characteristics()
            let table = FeatureTable(
                characteristics: characteristics, hasLabels: subject.labels != nil, reasons: output.reasons)
            if let reader = output.printSchema {
                return try FileDescriptor(1).put(reader.text(of: table.columns))
            }
            try await StartFailure.explained {
                let level = LogLevel(logging)
                try level.read()
                let act = Extraction.act(ofStudy: subject.study ?? "")
                let daemon = try await AdministrativeAct.opening(for: act, stores, access.acting) {
                    try await Daemon(stores, access: access, reappliesErasures: false, log: level.logger())
                }
                let extraction = try Extraction(self, daemon, table)
                try await daemon.whileTokensAreSteady { try await extraction.run() }
            }
        }
    }
}

/// Whose characteristics an extraction has, and which.
struct ExtractionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The study that gives subjects their identifiers.", valueName: "name"))
    var study: String?

    @Option(
        help: ArgumentHelp(
            "The instant as of which characteristics are computed, such as 2026-06-30T00:00:00Z; a day stands for its "
                + "beginning in São Paulo.",
            discussion: "Default: now. People of whom something was overwritten since are left out.",
            valueName: "instant"))
    var asOf: String?

    @Option(help: ArgumentHelp("A CSV file with the columns cpf, bad and perhaps asOf.", valueName: "file"))
    var labels: String?

    @Option(
        help: ArgumentHelp(
            "Characteristics of the catalogue, separated by commas; `creditd features extract --print-schema duckdb` "
                + "names them.",
            discussion: "Default: all.", valueName: "names"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Characteristics of these bases alone, such as b or a,b.", discussion: "Default: a,b,c.",
            valueName: "bases"))
    var bases: String?

    @Option(
        name: .customLong("k"),
        help: ArgumentHelp(
            "Leave out the rows of groups by age, housing and income (five years, kind, a power of two) of fewer "
                + "people than this.", valueName: "people"))
    var cell: Int?

    static func isStudy(_ name: String) -> Bool {
        let accepted = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return accepted && 1...64 ~= name.utf8.count && !CPF.isHeld(in: name)
    }

    /// The characteristics that are asked for, in the catalogue's order.
    func characteristics() throws -> [CharacteristicName] {
        var wanted = Set(CharacteristicName.allCases)
        if let only {
            wanted = try Set(
                only.split(separator: ",").map { name in
                    guard let name = CharacteristicName(String(name)) else {
                        throw ValidationError("--only has a name that is not in the catalogue.")
                    }
                    return name
                })
        }
        if let bases {
            let bases = try Set(
                bases.split(separator: ",").map { name in
                    guard let base = Base(rawValue: name.uppercased()) else {
                        throw ValidationError("--bases takes a, b and c, separated by commas.")
                    }
                    return base
                })
            wanted = wanted.filter { $0.facts.bases.isSubset(of: bases) }
        }
        if wanted.isEmpty { throw ValidationError("--only and --bases leave no characteristic.") }
        return CharacteristicName.allCases.filter(wanted.contains)
    }

    /// The instant that is asked for.
    func instant(now: Instant) throws -> Instant {
        guard let asOf else { return now }
        guard let instant = Self.instant(asOf) else { throw ValidationError("--as-of is no instant and no day.") }
        if instant > now { throw ValidationError("--as-of is still to come.") }
        return instant
    }

    /// Reads an instant, or a day for its beginning in São Paulo.
    static func instant(_ text: String) -> Instant? { Instant(text) ?? Instant("\(text)T00:00:00-03:00") }
}

/// How an extraction is written.
struct ExtractionOutputOptions: ParsableArguments {
    @Option(help: "The form of the rows: csv, ndjson, or arrow for the streaming format of Arrow's IPC.")
    var format: TableFormat = .csv

    @Option(
        help: ArgumentHelp(
            "Write the rows to a file, which is there once it is whole; its mode is 0600.",
            discussion: "Default: to stdout.", valueName: "file"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Tell why there is no value: columns, a column beside each characteristic; or cells, in the place of the "
                + "value, as `creditd score run` takes it, in CSV alone.", valueName: "place"))
    var reasons: ReasonPlace?

    @Option(
        help: ArgumentHelp(
            "The segments of the walk; on DynamoDB those of a parallel scan.",
            discussion: "Default: 64. More than 4096 are 4096; the rows are the same for any number.",
            valueName: "number"))
    var segments = 64

    /// The segments that are walked. Each costs a page at least.
    var walkedSegments: Int { min(segments, 4096) }

    @Option(
        help: ArgumentHelp(
            "Read at most so many capacity units a second of base B from DynamoDB, on the average of the whole walk: up to "
                + "four pages are read before the first wait. Other stores charge nothing, and are not paced.",
            discussion: "Takes 1 to 1000000000. Default: no limit.", valueName: "units"))
    var maxReadUnits: Double?

    @Option(
        help: ArgumentHelp(
            "Keep how far the walk has come in a file, with the rows so far beside it, and go on there if the file is "
                + "there already: the result is the same bytes.",
            discussion: "Rows of people who were deleted, erased or blocked since are left out, and counted: the bases "
                + "are walked once more for it. One process at a time works with a file.", valueName: "file"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "Print the types of the columns for duckdb, polars or pandas, and read nothing.", valueName: "reader"))
    var printSchema: SchemaReader?

    func validate() throws {
        if reasons == .cells, format != .csv { throw ValidationError("--reasons cells is for CSV alone.") }
        guard 1...1_000_000 ~= segments else { throw ValidationError("--segments takes 1 to 1000000.") }
        if let maxReadUnits, !(1...1_000_000_000 ~= maxReadUnits) {
            throw ValidationError("--max-read-units takes 1 to 1000000000.")
        }
    }
}

extension TableFormat: ExpressibleByArgument {}
extension SchemaReader: ExpressibleByArgument {}
extension ReasonPlace: ExpressibleByArgument {}
