import ArgumentParser
import Glibc
import Platform

/// One run of the program, from its arguments to its exit code.
struct CommandLineRun {
    /// Runs the command that the arguments name. What ArgumentParser has to say is written here, so that a full device
    /// is noticed.
    func status() async -> Int32 {
        let arguments: [String]
        do throws(StartFailure) {
            arguments = try TextArguments.arguments()
            try TextArguments.checkEnvironment()
        } catch {
            FileDescriptor(2).offer("Error: \(error.message)\n")
            return error.status.rawValue
        }
        let path = CommandPath(arguments)
        do {
            if path.endsInUnknownCommand { throw ValidationError(path.unknownCommand) }
            let command = try await Creditd.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
            return ExitCode.success.rawValue
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return tell(error, of: path)
        }
    }

    /// Writes help to stdout and what is wrong to stderr, and returns the exit code.
    private func tell(_ error: any Error, of path: CommandPath) -> Int32 {
        let status = Creditd.exitCode(for: error)
        let text = Creditd.fullMessage(for: error)
        guard status == .success else {
            FileDescriptor(2).offer(Self.withUsage(text, of: path))
            return status.rawValue
        }
        if FileDescriptor(1).writeAll(Array((text + "\n").utf8)) { return status.rawValue }
        FileDescriptor(2).offer("creditd: stdout failed: \(String(cString: strerror(errno)))\n")
        return ExitStatus.inputOutput.rawValue
    }

    /// Replaces the usage lines below a message by those of the command that was named, because errors of a running
    /// command get those of `creditd`.
    private static func withUsage(_ text: String, of path: CommandPath) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var message = lines.prefix { !$0.hasPrefix("Usage: ") }.joined(separator: "\n")
        // ArgumentParser would repeat the arguments, which may be params with personal values.
        if message.contains(#/^Error: (Unexpected argument|[0-9]+ unexpected arguments)/#) {
            message = "Error: There are more arguments than \(path.name) takes."
        }
        return """
            \(message)
            Usage: \(path.usage)
              See '\(path.name) --help' for more information.

            """
    }
}

/// The arguments and the variables of the environment as text. A path is bytes, so that text which is no UTF-8 is
/// refused instead of repaired: two paths would become one.
enum TextArguments {
    /// The arguments behind the program's name.
    static func arguments() throws(StartFailure) -> [String] {
        var arguments: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index] else { break }
            guard let text = String(validatingCString: bytes) else {
                throw refusal(place(of: String(cString: bytes), index, after: arguments.last))
            }
            arguments.append(text)
        }
        return arguments
    }

    /// Refuses a variable of this program, or one that leads to the home, that is no UTF-8.
    static func checkEnvironment() throws(StartFailure) {
        var next = environ
        while let entry = next.pointee {
            next += 1
            guard String(validatingCString: entry) == nil else { continue }
            let name = String(cString: entry).prefix { $0 != "=" }
            if name.hasPrefix("CREDITD_") || name == "HOME" || name == "XDG_DATA_HOME" {
                throw refusal("the environment variable \(name.contains("\u{FFFD}") ? "CREDITD_…" : name)")
            }
        }
    }

    /// Names an argument without its value.
    private static func place(of repaired: String, _ index: Int, after last: String?) -> String {
        let name = repaired.prefix { $0 != "=" }
        if name.hasPrefix("--"), name.count < repaired.count, !name.contains("\u{FFFD}") {
            return "the value of \(name)"
        }
        if let last, last.hasPrefix("--"), !last.contains("=") { return "the value of \(last)" }
        return "argument \(index)"
    }

    private static func refusal(_ place: String) -> StartFailure {
        StartFailure(status: .validationFailure, message: "\(place) is not UTF-8")
    }
}
