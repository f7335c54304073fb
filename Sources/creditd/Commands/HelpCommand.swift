import ArgumentParser
import JSONRPC

/// `creditd help COMMAND…`: the help of a command. An unknown command is an error, which ArgumentParser's own `help`
/// passes over.
struct HelpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Show the help of a command.", shouldDisplay: false)

    @Argument(help: "The command, such as migrate up.")
    var command: [String] = []

    func run() async throws {
        let path = CommandPath(command)
        guard path.rest.isEmpty else { throw ValidationError(path.unknownCommand) }
        throw CleanExit.message(Creditd.helpMessage(for: path.command))
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
