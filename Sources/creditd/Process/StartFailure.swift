import ArgumentParser
import Bureau
import JSONRPC
import JSONSchema
import Methods
import Platform
import Repositories
import Vault

/// Why a command failed: a sentence for people, an exit code for scripts.
struct StartFailure: Error {
    let status: ExitCode
    let message: String

    init(status: ExitCode, message: String) {
        self.status = status
        self.message = message
    }

    /// The system gives no thread: a limit of the user's processes (RLIMIT_NPROC), or of the container's (pids.max).
    static let noThread = StartFailure(
        status: ExitStatus.system,
        message: "no thread left: the limit of the user's or container's processes is reached")

    /// The system gives no thread or no descriptor, and does not tell which.
    static let noThreadOrDescriptor = StartFailure(
        status: ExitStatus.system, message: "no thread or descriptor left")

    /// Translates the error of a store.
    init(_ error: StoreError) {
        self.init(status: ExitStatus.unavailable, message: Self.sentence(error))
    }

    /// Translates an error of any layer; nil for errors that the command line explains itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as ContractSet.LoadError:
            self.init(status: ExitStatus.configuration, message: "schema: \(error)")
        case let error as StoreOpenError:
            let status = error.cause == .outOfResources ? ExitStatus.system : ExitStatus.unavailable
            self.init(status: status, message: "\(error)")
        case is VaultError:
            self.init(status: ExitStatus.unavailable, message: "\(error)")
        case is Connection.StartError:
            self = .noThreadOrDescriptor
        case let error as BowtieHarness.CommandError:
            self.init(status: ExitStatus.wrongData, message: error.sentence)
        case let error as SchemaError:
            self.init(status: ExitStatus.wrongData, message: "\(error)")
        case let error as MigrationError:
            self.init(status: ExitStatus.unavailable, message: Self.sentence(error))
        case let error as StoreError: self.init(error)
        case is ValidationError, is CleanExit, is ExitCode: return nil
        default: self.init(status: ExitStatus.unavailable, message: "\(error)")
        }
    }

    /// Translates an error of the command line's arguments, which the command line explains itself as it ends.
    init?(usage error: any Error) {
        guard let error = error as? ValidationError else { return nil }
        self.init(status: .validationFailure, message: error.message)
    }

    /// Runs a command, and turns its error into a sentence on stderr and an exit code.
    static func explained(_ command: () async throws -> Void) async throws {
        StopSignals.unblock()
        do {
            try await command()
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            FileDescriptor(2).offer("creditd: \(failure.message)\n")
            throw failure.status
        }
    }

    /// Tells why a store cannot be used; no value of a record.
    static func sentence(_ error: StoreError) -> String {
        switch error {
        case .unavailable(let base, let reason, _): "base \(base.rawValue) cannot be used: \(reason)"
        case .outcomeUnknown(let base, let reason):
            "base \(base.rawValue) failed before it told whether it has written: \(reason)"
        case .auditUnavailable(let reason): "the audit log cannot be written: \(reason)"
        case .journalUnavailable(let reason): "the audit journal cannot be written: \(reason)"
        case .corrupt(let base): "base \(base.rawValue) holds data that do not fit what this program writes"
        }
    }

    private static func sentence(_ error: MigrationError) -> String {
        switch error {
        case .unreachable(let base, let reason): "base \(base.rawValue) cannot be reached: \(reason)"
        case .refused(let base, let reason): "base \(base.rawValue): \(reason)"
        case .drifted(let base, let step):
            "base \(base.rawValue): \(step) was applied from a file that has changed since; nothing was done"
        case .unknownStep(let base, let step):
            "base \(base.rawValue): \(step) is not known to this program; nothing was done"
        case .failed(let base, let step, let reason): "base \(base.rawValue): \(step) failed and was undone: \(reason)"
        }
    }
}

/// Exit codes beside 0, after sysexits.h.
enum ExitStatus {
    /// `call` was answered with an error; with `--fail-on-error`, any request was.
    static let errorAnswer = ExitCode(1)
    /// A document does not meet a schema, or is no schema.
    static let notValid = ExitCode(1)
    /// A case of a transcript failed, or a row of the protocol does not hold.
    static let caseFailed = ExitCode(1)
    /// A file is not JSON, or no schema where one is needed (EX_DATAERR).
    static let wrongData = ExitCode(65)
    /// A file is not there (EX_NOINPUT).
    static let noInput = ExitCode(66)
    /// The input ended in the middle of a line (EX_DATAERR).
    static let cutInput = ExitCode(65)
    /// A store or a key ring cannot be used (EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
    /// The system gave no thread or descriptor (EX_OSERR).
    static let system = ExitCode(71)
    /// Input or output failed (EX_IOERR).
    static let inputOutput = ExitCode(74)
    /// The grace time passed with calls unanswered (EX_TEMPFAIL).
    static let graceTimePassed = ExitCode(75)
    /// Another process works with a file; later it can be used (EX_TEMPFAIL).
    static let temporary = ExitCode(75)
    /// The schema files do not make contracts (EX_CONFIG).
    static let configuration = ExitCode(78)
}
