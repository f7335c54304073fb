import ArgumentParser
import Foundation
import Methods
import StoreSQLite
import Vault

/// Why the daemon could not start, for people and for scripts.
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
        case let error as StoreOpenError: self.init(status: ExitStatus.unavailable, message: "\(error)")
        case let error as VaultError: self.init(status: ExitStatus.unavailable, message: "\(error)")
        case is ValidationError, is CleanExit, is ExitCode: return nil
        default: self.init(status: ExitStatus.unavailable, message: error.localizedDescription)
        }
    }
}
