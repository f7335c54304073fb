import Bureau
import ArgumentParser
import Foundation
import JSONRPC
import JSONSchema
import Methods
import Repositories
import StoreDynamoDB
import StorePostgres
import StoreRedis
import StoreSQLite
import Vault

/// Why a command could not do its work, for people and for scripts.
struct StartFailure: Error {
    let status: ExitCode
    let message: String

    init(status: ExitCode, message: String) {
        self.status = status
        self.message = message
    }

    /// What an error of any layer means for a start; nil for those that the command line explains itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as ContractSet.LoadError:
            self.init(status: ExitStatus.configuration, message: "schema: \(error)")
        case is Repositories.StoreOpenError, is StoreSQLite.StoreOpenError, is PostgresOpenError, is DynamoDBOpenError, is VaultError:
            self.init(status: ExitStatus.unavailable, message: "\(error)")
        case is Connection.StartError:
            self.init(status: ExitStatus.system, message: "no thread or descriptor left")
        case let error as BowtieHarness.CommandError:
            self.init(status: ExitStatus.wrongData, message: error.sentence)
        case let error as SchemaError:
            self.init(status: ExitStatus.wrongData, message: "\(error)")
        case let error as MigrationError:
            self.init(status: ExitStatus.unavailable, message: Self.sentence(error))
        case is ValidationError, is CleanExit, is ExitCode: return nil
        default: self.init(status: ExitStatus.unavailable, message: error.localizedDescription)
        }
    }

    /// Runs a command for people: what goes wrong becomes a sentence on stderr and an exit code.
    static func explained(_ command: () async throws -> Void) async throws {
        StopSignals.unblock()
        do {
            try await command()
        } catch {
            guard let failure = StartFailure(error) else { throw error }
            try Descriptor(2).write(Array("creditd: \(failure.message)\n".utf8))
            throw failure.status
        }
    }

    private static func sentence(_ error: MigrationError) -> String {
        switch error {
        case .unreachable(let base, let reason): "base \(base.rawValue) cannot be reached: \(reason)"
        case .drifted(let base, let step):
            "base \(base.rawValue): \(step) was applied from a file that has changed since; nothing was done"
        case .unknownStep(let base, let step):
            "base \(base.rawValue): \(step) is not known to this program; nothing was done"
        case .failed(let base, let step, let reason): "base \(base.rawValue): \(step) failed and was undone: \(reason)"
        }
    }
}
