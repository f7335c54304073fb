import ArgumentParser
import Bureau
import FoundationEssentials
import Glibc
import JSON
import Logging
import MCP
import Methods
import Platform
import Services

/// `creditd mcp`: what assistants' clients need.
struct MCPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Set up clients of the Model Context Protocol.",
        subcommands: [MCPConfig.self])
}

/// `creditd mcp config`: prints the settings by which a client starts this daemon.
struct MCPConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Print the mcpServers settings by which an assistant starts this daemon.",
        discussion: """
            Takes the options of `serve` and prints them as JSON, with this program's path, an absolute --home and the \
            CREDITD_… variables that are set:

              creditd mcp config --mcp-purpose credit_application --mcp-requester 'Loja Exemplo'

            Clients give a server no environment of yours: HOME, LOGNAME, PATH, SHELL, TERM and USER arrive, and \
            what the settings name under `env`. Variables of stores (PG…, AWS_…) are not copied.

            Secrets are never printed: a URL with a password in an option is refused, and so is a key provider's \
            command that names one; a variable that holds a secret is left out and named on stderr. Use password \
            files, whose paths may be in settings.
            """)

    @Option(help: ArgumentHelp("The name of the server in the settings.", valueName: "name"))
    var name = "creditd"

    @OptionGroup var stores: StoreOptions
    @OptionGroup var access: AccessOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var serving: ServingOptions
    @OptionGroup var tools: ToolOptionGroup
    @OptionGroup var observing: ObservingOptions

    func validate() throws {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard 1...64 ~= name.count, isPlain else {
            throw ValidationError("The name of the server is 1 to 64 of A-Z a-z 0-9 - _ .")
        }
    }

    func run() async throws {
        try await StartFailure.explained {
            let environment = ProcessInfo.processInfo.environment
            let arguments = try self.arguments(environment)
            let variables = Self.variables(environment)
            for name in variables.secret {
                FileDescriptor(2).offer("creditd: \(name) is left out, because it holds a secret\n")
            }
            var writer = Writer()
            writer.object { settings in
                settings.key("mcpServers")
                settings.object { servers in
                    servers.key(name)
                    servers.object { server in
                        server.key("command")
                        server.string(Self.program)
                        server.key("args")
                        server.array { list in
                            for argument in arguments { list.string(argument) }
                        }
                        guard !variables.open.isEmpty else { return }
                        server.key("env")
                        server.object { env in
                            for (name, value) in variables.open {
                                env.key(name)
                                env.string(value)
                            }
                        }
                    }
                }
            }
            writer.raw("\n")
            try FileDescriptor(1).put(writer.take())
        }
    }

    /// The path of this program.
    private static var program: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &path, Int(PATH_MAX))
        guard count > 0 else { return "creditd" }
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The arguments of `serve`: those that were given, paths made absolute.
    private func arguments(_ environment: [String: String]) throws -> [String] {
        // Variables and names are checked as `serve` would, so that the settings work.
        let contracts = try ContractSet(files: try SchemaFiles(folder: stores.schema.folder).files)
        let actor = try access.acting.actor(environment, needsRole: false)
        let control = try access.control(actor, try contracts.policy(), environment)
        let options = try tools.options(control, environment)
        let set = ToolSet(contracts: contracts, control: control, options: options, now: Stamps.system.now)
        guard !set.tools.isEmpty else {
            throw ValidationError("An assistant would have no tool: \(ToolOptionGroup.noTool).")
        }
        var arguments = ["serve", "--home", Self.absolute(try stores.homeFolder(environment))]
        let paths: [(String, String?)] = [
            ("--keyring-dir", stores.keyringDir), ("--audit-journal", stores.auditJournal),
            ("--audit-witness", stores.auditWitness), ("--schema", stores.schema.folder),
            ("--log-level-file", logging.logLevelFile), ("--metrics-file", observing.metricsFile),
        ]
        for (option, path) in paths {
            if let path { arguments += [option, Self.absolute(path)] }
        }
        let texts: [(String, String?)] = [
            ("--base-a", stores.baseA.map(Self.absoluteStore)), ("--base-b", stores.baseB.map(Self.absoluteStore)),
            ("--base-c", stores.baseC.map(Self.absoluteStore)),
            ("--key-provider-a", stores.keyProviderA), ("--key-provider-b", stores.keyProviderB),
            ("--key-provider-c", stores.keyProviderC), ("--score-retention", stores.scoreRetention.map { "\($0)" }),
            ("--role", access.acting.role?.rawValue), ("--actor", access.acting.actor),
            ("--purpose", access.purpose?.rawValue),
            ("--requester", access.requester), ("--mcp-tools", tools.tools?.rawValue),
            ("--mcp-purpose", tools.purpose?.rawValue), ("--mcp-requester", tools.requester),
            ("--mcp-reveal", tools.reveal?.fields.map(\.rawValue).sorted().joined(separator: ",")),
            ("--mcp-calls-per-minute", tools.callsPerMinute.map { "\($0)" }),
            ("--mcp-subjects-per-hour", tools.subjectsPerHour.map { "\($0)" }),
            ("--log-level", logging.logLevel?.rawValue), ("--slow-call", observing.slowCall?.text),
            ("--request-timeout", serving.requestTimeout?.text),
            ("--busy", serving.busy == .wait ? nil : serving.busy.rawValue),
        ]
        for (option, text) in texts {
            guard let text else { continue }
            guard !Self.holdsPassword(text) else {
                throw ValidationError("\(option) holds a secret, which has no place in a client's settings.")
            }
            if option.hasPrefix("--key-provider"), text.contains(" ") {
                let warning = "creditd: \(option) is printed with its command's arguments; see that none is a secret\n"
                FileDescriptor(2).offer(warning)
            }
            // A value that begins with a dash is part of its option.
            arguments += text.hasPrefix("-") ? ["\(option)=\(text)"] : [option, text]
        }
        let flags = [
            ("--ordered", serving.ordered), ("--fail-on-error", serving.failOnError), ("--degraded", serving.degraded),
        ]
        for (flag, isSet) in flags where isSet { arguments.append(flag) }
        return arguments + serving.reproducibility.arguments
    }

    private static let paths: Set = [
        "CREDITD_KEYRING_DIR", "CREDITD_AUDIT_JOURNAL", "CREDITD_AUDIT_WITNESS", "CREDITD_LOG_LEVEL_FILE",
        "CREDITD_METRICS_FILE", "CREDITD_REDIS_PASSWORD_FILE", "CREDITD_SCHEMA",
    ]

    /// The variables of the program, without the home; the names of those that hold secrets apart.
    private static func variables(
        _ environment: [String: String]
    ) -> (open: [(name: String, value: String)], secret: [String]) {
        let set = environment.filter { $0.key.hasPrefix("CREDITD_") && $0.key != "CREDITD_HOME" && !$0.value.isEmpty }
        var open: [(name: String, value: String)] = []
        var secret: [String] = []
        for (name, value) in set.sorted(by: { $0.key < $1.key }) {
            if holdsSecret(name, value) {
                secret.append(name)
            } else {
                open.append((name, paths.contains(name) ? absolute(value) : absoluteStore(value)))
            }
        }
        return (open, secret)
    }

    private static func holdsSecret(_ name: String, _ value: String) -> Bool {
        let names = ["PASSWORD", "SECRET", "TOKEN", "CREDENTIAL", "HEADERS"]
        return !name.hasSuffix("_FILE") && names.contains { name.contains($0) } || holdsPassword(value)
    }

    /// Whether a text is a URL with a password, in its authority or its query, or a command that names one.
    static func holdsPassword(_ text: String) -> Bool {
        let lowered = text.lowercased()
        if ["password=", "passwd=", "secret=", "token="].contains(where: { lowered.contains($0) }) { return true }
        let words = ["password", "passwd", "passphrase", "secret", "token", "credential", "api-key", "apikey"]
        if lowered.hasPrefix("exec:"), words.contains(where: { lowered.contains($0) }) { return true }
        guard let start = text.firstRange(of: "://") else { return false }
        let authority = text[start.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }

    /// The URL of an embedded store with an absolute path; any other text as it is.
    private static func absoluteStore(_ url: String) -> String {
        let scheme = "sqlite:"
        guard url.hasPrefix(scheme), url.count > scheme.count else { return url }
        return scheme + absolute(String(url.dropFirst(scheme.count)))
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return FileManager.default.currentDirectoryPath + "/" + path
    }
}
