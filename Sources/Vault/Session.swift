import Bureau

/// A vault at work on one batch, on one thread; `BaseVault.withSession` makes and ends it.
package struct Session: ~Copyable {
    /// The number of digits in a CPF.
    package static let digitCount = 11

    let vault: BaseVault
    var cipher: AuthenticatedCipher
    var random: RandomBytes
    var associatedData: AssociatedData
    private var tokenHash: KeyedHash

    init(_ vault: BaseVault) throws(VaultError) {
        let cipher = try AuthenticatedCipher(vault.algorithms)
        let tokenHash = try vault.tokenKey.withBytes { (key) throws(VaultError) in
            try KeyedHash(vault.algorithms, key: key)
        }
        self.vault = vault
        self.cipher = cipher
        self.tokenHash = tokenHash
        random = RandomBytes()
        associatedData = AssociatedData()
    }

    /// Makes the subject's token in this base from the 11 ASCII digits of its CPF.
    package mutating func token(of digits: UnsafeBufferPointer<UInt8>) -> SubjectToken {
        precondition(digits.count == Session.digitCount)
        return SubjectToken { output in
            tokenHash.hash(UnsafeRawBufferPointer(digits), into: output)
        }
    }
}
