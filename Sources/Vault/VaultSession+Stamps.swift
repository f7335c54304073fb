import Bureau

/// The stamp of a record's content in the nonce that seals it, under a pad of the subject. Whoever has no ring sees
/// random octets, and of two contents of one subject how far apart they were written.
extension VaultSession {
    /// The nonce that tells a stamp: another one for each stamp of the subject.
    mutating func nonce(of stamp: WriteStamp, generation: UInt32, for subject: SubjectToken) -> [UInt8] {
        let pads = timePads(of: .stamp(subject))
        var nonce: [UInt8] = []
        nonce.reserveCapacity(AuthenticatedCipher.nonceBytes)
        withUnsafeBytes(of: (stamp.high(generation: generation) ^ pads.created).bigEndian) { nonce += $0 }
        let machine = stamp.machine ^ UInt32(truncatingIfNeeded: pads.updated)
        withUnsafeBytes(of: machine.bigEndian) { nonce += $0 }
        return nonce
    }

    /// The stamp that a nonce tells of a content under a data key of a generation; nil of a random one.
    public mutating func stamp(
        inNonce nonce: some Collection<UInt8>, generation: UInt32, of subject: SubjectToken
    ) -> WriteStamp? {
        guard nonce.count == AuthenticatedCipher.nonceBytes else { return nil }
        let pads = timePads(of: .stamp(subject))
        return WriteStamp(
            high: nonce.writeMark ^ pads.created,
            low: nonce.dropFirst(8).reduce(0) { $0 << 8 | UInt32($1) } ^ UInt32(truncatingIfNeeded: pads.updated),
            generation: generation)
    }

    /// The stamp of a content that a machine has written, by its mark, which is the beginning of the nonce.
    public mutating func stamp(
        inMark mark: UInt64, by machine: UInt32, generation: UInt32, of subject: SubjectToken
    ) -> WriteStamp? {
        let pads = timePads(of: .stamp(subject))
        return WriteStamp(high: mark ^ pads.created, low: machine, generation: generation)
    }
}
