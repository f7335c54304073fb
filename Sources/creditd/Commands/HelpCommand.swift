import ArgumentParser
import JSONRPC
import Methods

/// `creditd help COMMAND…` and `creditd help METHOD`: the help of a command, or what a method's contract says. An
/// unknown command is an error, which ArgumentParser's own `help` passes over.
struct HelpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Show the help of a command or a method.", shouldDisplay: false)

    @Argument(help: "The command, such as migrate up, or the method, such as person.get.")
    var command: [String] = []

    func run() async throws {
        if let method = command.first, command.count == 1, let text = try Self.help(of: method) {
            throw CleanExit.message(text)
        }
        let path = CommandPath(command)
        guard path.rest.isEmpty else { throw ValidationError(path.unknownCommand) }
        throw CleanExit.message(Creditd.helpMessage(for: path.command))
    }

    /// What a method's contract says; nil for a word that names no method.
    private static func help(of method: String) throws -> String? {
        guard method.contains(".") else { return nil }
        let contracts = try ContractSet(files: try SchemaFiles(folder: nil).files)
        guard let contract = contracts.contracts.first(where: { $0.method == method }) else { return nil }
        return contract.help(by: try contracts.policyFile())
    }
}

/// The command that the first words of a command line name, down from `creditd`.
struct CommandPath {
    /// The command and those above it, `creditd` first.
    private(set) var commands: [any ParsableCommand.Type] = [Creditd.self]
    /// The words behind the name.
    let rest: ArraySlice<String>

    init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.first,
            let next = commands.last?.configuration.subcommands.first(where: { $0._commandName == word })
        {
            commands.append(next)
            rest.removeFirst()
        }
        self.rest = rest
    }

    var command: any ParsableCommand.Type { commands.last ?? Creditd.self }

    /// The names in one line, such as `creditd migrate up`.
    var name: String { commands.map { $0._commandName }.joined(separator: " ") }

    /// Whether the next word should be a command and is none.
    var endsInUnknownCommand: Bool {
        guard let word = rest.first else { return false }
        return !command.configuration.subcommands.isEmpty && !word.hasPrefix("-")
    }

    /// A sentence about the next word, which is shown only if it looks like a command: it could be anything.
    var unknownCommand: String {
        let word = Array(rest.first.map { $0.utf8 } ?? "".utf8)
        let isName = !word.isEmpty && word.count <= 32 && word.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }
        let names = command.configuration.subcommands.map { $0._commandName }
        let meant = Suggestion.nearest(to: word, among: names.map { Array($0.utf8) }).map { names[$0] }
        let sentence = isName ? "\(name) has no command '\(rest.first ?? "")'." : "\(name) has no such command."
        return sentence + (meant.map { " Did you mean '\($0)'?" } ?? "")
    }

    /// How the command is used. A command that stands for a default one shows how that is used: `creditd [serve] …`.
    var usage: String {
        guard let standIn = command.configuration.defaultSubcommand else { return Creditd.usageString(for: command) }
        return Creditd.usageString(for: standIn)
            .replacing("\(name) \(standIn._commandName)", with: "\(name) [\(standIn._commandName)]", maxReplacements: 1)
    }
}
