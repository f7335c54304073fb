import Bureau
import Vault

extension Session {
    /// The subject's token in the session's base.
    mutating func token(of cpf: CPF) -> SubjectToken {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Session.digitCount) { digits in
            cpf.write(to: digits)
            return token(of: UnsafeBufferPointer(digits))
        }
    }
}

extension RecordID {
    /// The 16 bytes, in order.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }
}
