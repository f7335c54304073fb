import Bureau

/// A box is what sealed values and wrapped keys have in common: a header, a nonce, the ciphertext and its tag.
extension Session {
    /// Encrypts into a new box, bound to the associated data as it stands; the caller writes the header's zeroes over.
    mutating func box(
        _ plaintext: UnsafeRawBufferPointer, headerByteCount: Int, key: UnsafeRawBufferPointer
    ) throws(VaultError) -> [UInt8] {
        let textStart = headerByteCount + AuthenticatedCipher.nonceBytes
        let count = textStart + plaintext.count + AuthenticatedCipher.tagBytes
        var failure: VaultError?
        let box = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            let output = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<count])
            output.initializeMemory(as: UInt8.self, repeating: 0)
            written = count
            let nonce = UnsafeMutableRawBufferPointer(rebasing: output[headerByteCount..<textStart])
            do throws(VaultError) {
                try random.fill(nonce)
                try cipher.seal(
                    plaintext, key: key, nonce: UnsafeRawBufferPointer(nonce), associatedData: associatedData.bytes,
                    into: UnsafeMutableRawBufferPointer(rebasing: output[textStart...]))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return box
    }

    /// Decrypts a box that is long enough for its header, `output` and the rest, and wipes `output` when it is not
    /// authentic.
    mutating func unbox(
        _ box: UnsafeRawBufferPointer, headerByteCount: Int, key: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        let textStart = headerByteCount + AuthenticatedCipher.nonceBytes
        try cipher.open(
            UnsafeRawBufferPointer(rebasing: box[textStart...]), key: key,
            nonce: UnsafeRawBufferPointer(rebasing: box[headerByteCount..<textStart]),
            associatedData: associatedData.bytes, into: output)
    }
}
