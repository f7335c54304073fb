import Bureau

extension Session {
    /// Makes a subject's first data key (generation 1) and wraps it with the ring's newest wrapping key.
    ///
    /// Throws `randomness` when the random generator fails.
    package mutating func makeDataKey(for subject: SubjectToken) throws(VaultError) -> (DataKey, WrappedDataKey) {
        let key = try DataKey(base: vault.base, subject: subject, generation: 1) { (output) throws(VaultError) in
            try random.fill(output)
        }
        return (key, try wrap(key))
    }

    /// Opens a wrapped data key of this base for the subject whose it is.
    ///
    /// Throws `malformed` for bytes of another shape, `unknownWrappingKey` when the ring lacks the key that wrapped it,
    /// and `notAuthentic` for another base or subject and for damage.
    package mutating func unwrap(_ wrapped: UnsafeRawBufferPointer, for subject: SubjectToken) throws(VaultError) -> DataKey {
        guard let (number, generation) = WrappedDataKey.header(of: wrapped) else { throw .malformed }
        guard let wrappingKey = vault.wrappingKeys[number] else { throw .unknownWrappingKey(number: number) }
        associatedData.describe(wrappingKey: number, base: vault.base, subject: subject, generation: generation)
        return try DataKey(base: vault.base, subject: subject, generation: generation) { (output) throws(VaultError) in
            try wrappingKey.withBytes { (secret) throws(VaultError) in
                try unbox(wrapped, headerByteCount: WrappedDataKey.headerByteCount, key: secret, into: output)
            }
        }
    }

    /// Opens a wrapped data key of this base for the subject whose it is, as above.
    package mutating func unwrap(_ wrapped: [UInt8], for subject: SubjectToken) throws(VaultError) -> DataKey {
        try wrapped.withUnsafeBufferPointer { (bytes) throws(VaultError) in
            try unwrap(UnsafeRawBufferPointer(bytes), for: subject)
        }
    }

    /// Wraps a data key. With random nonces a wrapping key serves 2^32 subjects (NIST SP 800-38D §8.3).
    mutating func wrap(_ key: DataKey) throws(VaultError) -> WrappedDataKey {
        let number = vault.newestWrappingKey
        guard let wrappingKey = vault.wrappingKeys[number] else { throw .unknownWrappingKey(number: number) }
        associatedData.describe(
            wrappingKey: number, base: vault.base, subject: key.subject, generation: key.generation)
        var bytes = try wrappingKey.withBytes { (wrapping) throws(VaultError) in
            try key.withBytes { (secret) throws(VaultError) in
                try box(secret, headerByteCount: WrappedDataKey.headerByteCount, key: wrapping)
            }
        }
        bytes.withUnsafeMutableBytes { bytes in
            bytes[0] = WrappedDataKey.format
            bytes.storeBytes(of: number.bigEndian, toByteOffset: 1, as: UInt32.self)
            bytes.storeBytes(of: key.generation.bigEndian, toByteOffset: 5, as: UInt32.self)
        }
        return WrappedDataKey(bytes)
    }
}
