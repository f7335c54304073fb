import Bureau
import Repositories

/// A subject's keys that get other names: `latest`, `events` and `history`, then receipts.
struct KeyMove: Sendable {
    let subject: SubjectRename
    let from: [[UInt8]]
    let to: [[UInt8]]

    /// - Parameter receipts: the receipts' keys in hexadecimal, as the names have them.
    init(_ subject: SubjectRename, receipts: [[UInt8]]) {
        self.subject = subject
        let suffixes = ["latest", "events", "history"].map { Array($0.utf8) } + receipts.map { "key:".utf8 + $0 }
        from = suffixes.map { SubjectKey.name(of: subject.from, $0) }
        to = suffixes.map { SubjectKey.name(of: subject.to, $0) }
    }
}

/// The contents and lifetimes of a subject's keys, on their way to other names.
struct PackedKeys: Sendable {
    let move: KeyMove
    /// For each key its lifetime in milliseconds and its content; empty texts for a key that is not there.
    let parts: [[UInt8]]
}

/// Commands that keep subjects under other tokens.
extension EventCommands {
    /// How long it is known that a subject was moved between slots, once nothing is left of it under the former token.
    private static let markSeconds: Int64 = 3600

    /// Asks for each subject how many of the keys are there, and then for the tombstone.
    func look(for moves: [KeyMove]) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.reserve(commands: 2 * moves.count, bytesEach: 160)
        for move in moves {
            append("EXISTS", move.from, of: move.subject.from, to: &commands)
            TombstoneCommands.appendFind(move.subject.from, to: &commands)
        }
        return commands
    }

    /// Writes one run of the script for each subject, which moves it at once; for a server without slots.
    func rename(_ moves: [KeyMove]) -> CommandBuffer {
        var commands = CommandBuffer()
        for move in moves { run("rename", move.from + move.to, [], of: move.subject.from, to: &commands) }
        return commands
    }

    /// Writes one run of the script for each subject, which reads all that is to be restored elsewhere.
    func pack(_ moves: [KeyMove]) -> CommandBuffer {
        var commands = CommandBuffer()
        for move in moves { run("pack", move.from, [], of: move.subject.from, to: &commands) }
        return commands
    }

    /// Writes one run of the script for each subject, which restores it and notes that it has moved.
    func unpack(_ packed: [PackedKeys]) -> CommandBuffer {
        var commands = CommandBuffer()
        for packed in packed {
            let subject = packed.move.subject
            let origin = SubjectKey.withTag(of: subject.from) { Array("\(lifetimeSeconds) ".utf8) + $0 }
            let keys = packed.move.to + [Self.mark(of: subject)]
            run("unpack", keys, packed.parts + [origin], of: subject.to, to: &commands)
        }
        return commands
    }

    /// Deletes what was restored elsewhere, and has the note of it end in a while.
    func drop(_ keys: [[UInt8]], of subject: SubjectRename, to commands: inout CommandBuffer) {
        append("DEL", keys, of: subject.from, to: &commands)
        commands.begin(parts: 3)
        commands.bulk("EXPIRE")
        commands.bulk(Self.mark(of: subject))
        commands.bulk(Self.markSeconds)
        commands.end(slot: slot(of: subject.to))
    }

    /// Deletes the note that a subject was moved.
    func forget(_ subject: SubjectRename) -> CommandBuffer {
        var commands = CommandBuffer()
        append("DEL", [Self.mark(of: subject)], of: subject.to, to: &commands)
        return commands
    }

    /// The key that tells from where a subject was moved, so that a copy that comes late restores nothing.
    private static func mark(of subject: SubjectRename) -> [UInt8] {
        SubjectKey.name(of: subject.to, Array("moved".utf8))
    }

    private func run(
        _ action: StaticString, _ keys: [[UInt8]], _ arguments: [[UInt8]], of token: SubjectToken,
        to commands: inout CommandBuffer
    ) {
        commands.begin(parts: 4 + keys.count + arguments.count)
        commands.bulk("EVALSHA")
        commands.bulk(scriptName)
        commands.bulk(Int64(keys.count))
        for key in keys { commands.bulk(key) }
        commands.bulk(action)
        for argument in arguments { commands.bulk(argument) }
        commands.end(slot: slot(of: token))
    }

    private func append(
        _ command: StaticString, _ keys: [[UInt8]], of token: SubjectToken, to commands: inout CommandBuffer
    ) {
        commands.begin(parts: 1 + keys.count)
        commands.bulk(command)
        for key in keys { commands.bulk(key) }
        commands.end(slot: slot(of: token))
    }
}
