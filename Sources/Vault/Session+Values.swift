import Bureau

extension Session {
    /// Seals a value for its place: AES-256-GCM under the subject's data key, with a nonce never used before.
    ///
    /// The result is `Sealed.overheadBytes` longer than the plaintext. Throws `notAuthentic` when the key is not
    /// of the location's base, subject and generation, `malformed` when the plaintext is longer than
    /// `Sealed.maximumPlaintextBytes`, and `randomness`.
    package mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, with key: DataKey, at location: Location
    ) throws(VaultError) -> [UInt8] {
        guard key.belongs(at: location), location.base == vault.base else { throw .notAuthentic }
        guard plaintext.count <= Sealed.maximumPlaintextBytes else { throw .malformed }
        associatedData.describe(location)
        var sealed = try key.withBytes { (secret) throws(VaultError) in
            try box(plaintext, headerByteCount: Sealed.headerByteCount, key: secret)
        }
        sealed[0] = Sealed.format
        return sealed
    }

    /// Seals a value for its place, as above.
    package mutating func seal(
        _ plaintext: [UInt8], with key: DataKey, at location: Location
    ) throws(VaultError) -> [UInt8] {
        try plaintext.withUnsafeBufferPointer { (bytes) throws(VaultError) in
            try seal(UnsafeRawBufferPointer(bytes), with: key, at: location)
        }
    }

    /// Opens a value that was sealed with this key for this place.
    ///
    /// The caller owns the plaintext and wipes it when it must not linger. Throws `malformed` for bytes of another
    /// shape, and `notAuthentic` for another key or place and for damage.
    package mutating func open(
        _ sealed: UnsafeRawBufferPointer, with key: DataKey, at location: Location
    ) throws(VaultError) -> [UInt8] {
        guard key.belongs(at: location), location.base == vault.base else { throw .notAuthentic }
        let count = sealed.count - Sealed.overheadBytes
        guard 0...Sealed.maximumPlaintextBytes ~= count, sealed[0] == Sealed.format else {
            throw .malformed
        }
        associatedData.describe(location)
        var failure: VaultError?
        let plaintext = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            let output = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<count])
            do throws(VaultError) {
                try key.withBytes { (secret) throws(VaultError) in
                    try unbox(sealed, headerByteCount: Sealed.headerByteCount, key: secret, into: output)
                }
                written = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return plaintext
    }

    /// Opens a value that was sealed with this key for this place, as above.
    package mutating func open(
        _ sealed: [UInt8], with key: DataKey, at location: Location
    ) throws(VaultError) -> [UInt8] {
        try sealed.withUnsafeBufferPointer { (bytes) throws(VaultError) in
            try open(UnsafeRawBufferPointer(bytes), with: key, at: location)
        }
    }
}
