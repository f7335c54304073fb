import Bureau
import Repositories
import Vault

extension Session {
    /// The subject's token in the session's base.
    mutating func token(of cpf: CPF) -> Token {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Session.digitCount) { digits in
            cpf.write(to: digits)
            return token(of: UnsafeBufferPointer(digits))
        }
    }
}

extension Token {
    /// The token as repositories know it.
    var subject: SubjectToken {
        withBytes { bytes in
            guard let subject = SubjectToken(bytes: bytes) else { preconditionFailure("both are 32 bytes") }
            return subject
        }
    }
}

extension RecordID {
    /// The 16 bytes, in order.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }
}
