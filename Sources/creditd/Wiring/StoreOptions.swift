import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import Services
import Vault

/// The options of every command with stores: where the data is.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of the embedded stores and the key rings, made with mode 0700 when it is not there.",
            discussion: "Default: $CREDITD_HOME, else $XDG_DATA_HOME/creditd, else ~/.local/share/creditd.",
            valueName: "folder"))
    var home: String?

    @Option(
        help: ArgumentHelp(
            "The store of base A: \(StoreDriver.forms(of: .a))",
            discussion: "Default: $CREDITD_BASE_A, else a file under --home.", valueName: "url"))
    var baseA: String?

    @Option(
        help: ArgumentHelp(
            "The store of base B: \(StoreDriver.forms(of: .b))",
            discussion: "Default: $CREDITD_BASE_B, else a file under --home.", valueName: "url"))
    var baseB: String?

    @Option(
        help: ArgumentHelp(
            "The store of base C: \(StoreDriver.forms(of: .c))",
            discussion: "Default: $CREDITD_BASE_C, else a file under --home.", valueName: "url"))
    var baseC: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the key rings base-a.keyring, base-b.keyring and base-c.keyring, such as mounted secrets.",
            discussion: "Default: $CREDITD_KEYRING_DIR, else --home.", valueName: "folder"))
    var keyringDir: String?

    @Option(
        help: ArgumentHelp(
            "What wraps base A's key ring: file: (nothing but its mode) or exec:COMMAND.",
            discussion: """
                The command is started with the word wrap or unwrap as its last argument, gets bytes on stdin and prints \
                others, as the client of a KMS or HSM does. Default: $CREDITD_KEY_PROVIDER_A, else file:
                """, valueName: "provider"))
    var keyProviderA: String?

    @Option(
        help: ArgumentHelp(
            "The same for base B.", discussion: "Default: $CREDITD_KEY_PROVIDER_B, else file:", valueName: "provider"))
    var keyProviderB: String?

    @Option(
        help: ArgumentHelp(
            "The same for base C.", discussion: "Default: $CREDITD_KEY_PROVIDER_C, else file:", valueName: "provider"))
    var keyProviderC: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the audit journal, where accesses to bases B and C are kept until base A has them.",
            discussion: "Default: $CREDITD_AUDIT_JOURNAL, else journal under --home.", valueName: "folder"))
    var auditJournal: String?

    @Option(
        help: ArgumentHelp(
            "The file to which the audit log's signed heads are copied; keep it where no store is kept.",
            discussion: "Default: $CREDITD_AUDIT_WITNESS, else audit-witness under --home.", valueName: "file"))
    var auditWitness: String?

    @Option(
        help: ArgumentHelp(
            "How many days scores are kept with what they were computed from: 1 to \(ScoreRetention.days.upperBound).",
            discussion: "Default: $CREDITD_SCORE_RETENTION, else \(ScoreRetention.defaultDays), five years.",
            valueName: "days"))
    var scoreRetention: Int?

    @OptionGroup var schema: SchemaOptions

    /// How long scores are kept.
    func retention(_ environment: [String: String]) throws -> ScoreRetention {
        let variable = environment["CREDITD_SCORE_RETENTION"].flatMap { $0.isEmpty ? nil : $0 }
        guard let days = scoreRetention ?? variable.map({ Int($0) ?? 0 }) else { return ScoreRetention() }
        guard ScoreRetention.days.contains(days) else {
            throw ValidationError(
                "Scores are kept \(ScoreRetention.days.lowerBound) to \(ScoreRetention.days.upperBound) days.")
        }
        return ScoreRetention(days: days)
    }

    /// What is given for a base on the command line.
    func url(of base: Base) -> String? {
        switch base {
        case .a: baseA
        case .b: baseB
        case .c: baseC
        }
    }

    /// What wraps the rings of the bases, where a program does. Throws when what is given is none.
    func keyProviders(_ environment: [String: String]) throws -> [Base: KeyRingProvider] {
        var providers: [Base: KeyRingProvider] = [:]
        for (base, option) in [(Base.a, keyProviderA), (.b, keyProviderB), (.c, keyProviderC)] {
            let variable = environment["CREDITD_KEY_PROVIDER_\(base.rawValue)"].flatMap { $0.isEmpty ? nil : $0 }
            guard let text = option ?? variable else { continue }
            guard let provider = KeyRingProvider(text) else {
                throw ValidationError("The key provider of base \(base.rawValue) is neither file: nor exec:COMMAND.")
            }
            providers[base] = provider
        }
        return providers
    }

    /// The folder of the key rings when it is not the home. Throws when what is given is no path.
    func keyRingFolder(_ environment: [String: String]) throws -> String? {
        let folder = keyringDir ?? environment["CREDITD_KEYRING_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        return try folder.map { try path($0, of: "the folder of the key rings") }
    }

    /// The folder of the audit journal. Throws when what is given is no path.
    func journalFolder(_ environment: [String: String], home: String) throws -> String {
        let given = auditJournal ?? environment["CREDITD_AUDIT_JOURNAL"].flatMap { $0.isEmpty ? nil : $0 }
        return try given.map { try path($0, of: "the audit journal") } ?? "\(home)/journal"
    }

    /// The file of the audit log's heads. Throws when what is given is no path.
    func witnessFile(_ environment: [String: String], home: String) throws -> String {
        let given = auditWitness ?? environment["CREDITD_AUDIT_WITNESS"].flatMap { $0.isEmpty ? nil : $0 }
        return try given.map { try path($0, of: "the audit log's heads") } ?? "\(home)/audit-witness"
    }

    /// The home folder. `environment` gives the variables. Throws when what is given is no path.
    func homeFolder(_ environment: [String: String]) throws -> String {
        try path(givenHome(environment), of: "the home")
    }

    /// Makes a temporary home for rows that are only checked, when the home is not there and every base would lie in
    /// it. Returns its path, or nil.
    func trialHome() throws -> String? {
        let environment = ProcessInfo.processInfo.environment
        let names = Base.allCases.map { "CREDITD_BASE_\($0.rawValue)" } + ["CREDITD_KEYRING_DIR"]
        guard Base.allCases.allSatisfy({ url(of: $0) == nil }), keyringDir == nil,
            names.allSatisfy({ environment[$0]?.isEmpty ?? true }),
            try !FileManager.default.fileExists(atPath: homeFolder(environment))
        else { return nil }
        var template = Array((FileManager.default.temporaryDirectory.path + "/creditd-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StartFailure(status: ExitStatus.system, message: "no temporary folder can be made")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The same options with another home, and all in it that is not a base.
    func within(home: String) -> StoreOptions {
        var options = self
        options.home = home
        options.auditJournal = home + "/journal"
        options.auditWitness = home + "/audit-witness"
        return options
    }

    private func path(_ path: String, of folder: String) throws -> String {
        if let flaw = FilePath.flaw(of: path) { throw ValidationError("What is given for \(folder) \(flaw).") }
        return path
    }

    private func givenHome(_ environment: [String: String]) -> String {
        if let home { return home }
        if let home = environment["CREDITD_HOME"], !home.isEmpty { return home }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/creditd" }
        let user =
            environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? FileManager.default.homeDirectoryForCurrentUser.path
        return user + "/.local/share/creditd"
    }
}

/// Where the schema files come from.
struct SchemaOptions: ParsableArguments {
    @Option(
        name: .customLong("schema"),
        help: ArgumentHelp("A folder to take the contracts from instead of those in the binary.", valueName: "folder"))
    var folder: String?
}
