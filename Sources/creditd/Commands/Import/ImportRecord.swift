import ArgumentParser
import Bureau
import Encodings
import FoundationEssentials
import Glibc
import Importing
import Platform
import Vault

/// The files that an import writes: its state and its rejects.
///
/// Rejects are written before the state that counts them. Those behind the state's are cut off when the import goes on.
final class ImportRecord: Sendable {
    private let statePath: String?
    private let rejects: Int32?
    /// Where the import begins.
    let start: ImportState

    /// Reads the state, if there is one, and passes over the rows that it counts.
    init(
        _ command: borrowing ImportCommand, _ daemon: borrowing Daemon, _ source: borrowing ImportSource,
        _ maps: [String: RowMembers.Member?]
    ) throws {
        let options = command.options
        statePath = options.resume
        // Behind the header of a CSV file.
        let position = source.rows.position
        var state = ImportState(
            importID: Self.newID(), options: try Self.digest(command, daemon, maps),
            place: ImportLedger.Place(
                offset: position, line: source.rows.lastLine, digest: source.input.digest(upTo: position)))
        if let path = options.resume, access(path, F_OK) == 0 {
            state = try Self.state(at: path, like: state)
            guard try Self.pass(to: state.place, of: source) else {
                throw ValidationError("\(path) is the state of an import of another file, or it was edited since.")
            }
        }
        if let path = options.rejects {
            rejects = try Self.openRejects(path, state)
            if state.rejectBytes == nil, state.tally.rejected > 0 {
                FileDescriptor(2).offer(
                    "creditd: \(path) does not have the \(state.tally.rejected) rows that were rejected before\n")
            }
            state.rejectBytes = state.rejectBytes ?? 0
        } else {
            rejects = nil
            guard state.rejectBytes == nil else {
                throw ValidationError("The import was begun with --rejects: name its file again.")
            }
        }
        start = state
        if statePath != nil { try save(state) }
    }

    deinit {
        if let rejects { close(rejects) }
    }

    var writesRejects: Bool { rejects != nil }

    /// Appends rejects; throws when they cannot be written.
    func put(_ lines: [UInt8]) throws {
        guard let rejects, !lines.isEmpty else { return }
        guard FileDescriptor(rejects).writeAll(lines) else {
            throw StartFailure(
                status: ExitStatus.inputOutput, message: "the rejects: \(String(cString: strerror(errno)))")
        }
    }

    /// Replaces the file of the state.
    func save(_ state: ImportState) throws {
        guard let statePath else { return }
        try PrivateFile.replace(statePath, with: state.text)
    }

    private static func newID() -> String {
        Hexadecimal.text(of: (0..<8).map { _ in UInt8.random(in: 0...255) })
    }

    private static func state(
        at path: String, like new: ImportState
    ) throws -> ImportState {
        guard let text = FileDescriptor.text(of: path, maximumBytes: 1 << 20), let state = ImportState(text) else {
            throw ValidationError("\(path) is no state of an import.")
        }
        guard state.options == new.options else {
            throw ValidationError("\(path) is the state of an import with other options, or into other stores.")
        }
        return state
    }

    /// Passes over the rows that a state counts; false when the file was another up to there. It may have grown since.
    private static func pass(to place: ImportLedger.Place, of source: borrowing ImportSource) throws -> Bool {
        source.input.pass(to: place.offset)
        guard try source.rows.pass(to: place.offset, lastLine: place.line),
            source.input.digest(upTo: place.offset) == place.digest
        else { return false }
        if source.input.isBehindLineEnd { return true }
        // The last row had no line end, which may have been written since, but nothing before it.
        return try source.rows.pass(to: place.offset, lastLine: place.line - 1) && source.input.isBeforeLineEnd
    }

    /// What an import is about, beside its file.
    private static func digest(
        _ command: borrowing ImportCommand, _ daemon: borrowing Daemon, _ maps: [String: RowMembers.Member?]
    ) throws -> String {
        let base =
            switch command.kind {
            case .persons, .debts, .payments: 0
            case .profiles: 1
            case .events: 2
            }
        var parts = [
            command.kind.rawValue, try command.policy.rawValue, try command.options.format(of: command.file).rawValue,
        ]
        for (name, member) in maps.sorted(by: { $0.key < $1.key }) {
            parts += [name, member?.name ?? ""]
        }
        parts.append(Hexadecimal.text(of: daemon.vaults[base].fingerprint.bytes))
        return try SHA256.hexadecimal(of: Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
    }

    /// Opens the file of rejects: a new one, or the one of the import that goes on, cut to what its state counts.
    private static func openRejects(_ path: String, _ state: ImportState) throws -> Int32 {
        func failure() -> StartFailure {
            StartFailure(status: ExitStatus.inputOutput, message: "\(path): \(String(cString: strerror(errno)))")
        }
        func areGone() -> ValidationError {
            ValidationError("\(path) has not the rejects that the state counts: put the file back, or begin anew.")
        }
        if let length = state.rejectBytes, length > 0, access(path, F_OK) != 0 { throw areGone() }
        var number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if number >= 0 {
            guard fchmod(number, 0o600) == 0 else { throw failure() }
            return number
        }
        guard errno == EEXIST else { throw failure() }
        number = open(path, O_WRONLY | O_CLOEXEC)
        var status = stat()
        guard number >= 0, fstat(number, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else { return number }
        guard let length = state.rejectBytes else {
            close(number)
            throw ValidationError("\(path) is there already: name another file for the rejects.")
        }
        guard status.st_size >= length else {
            close(number)
            throw areGone()
        }
        guard ftruncate(number, length) == 0, lseek(number, 0, SEEK_END) >= 0 else { throw failure() }
        return number
    }
}
