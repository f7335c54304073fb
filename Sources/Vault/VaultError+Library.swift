import Bureau
import COpenSSL

extension VaultError {
    /// Takes the code of OpenSSL's latest error and empties this thread's queue of them.
    static func lastOfLibrary() -> VaultError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return .library(code: code)
    }
}
