import Bureau

/// What a note of a base's ring is for; a note of one use does not open as one of another.
public enum NoteUse: String, Sendable {
    /// A task that base A keeps until it is done.
    case outbox
    /// What is left of an erased subject.
    case tombstone
    /// A text of a request of a subject whom base A does not hold.
    case request
    /// The place to which a walk through all subjects has come, in a file beside the daemon.
    case walk
}

/// Notes: values that belong to no data key, sealed under a key of the base's ring.
///
/// They outlive the data keys of their subjects. The key is derived from the ring's token secret, so that it stays when
/// wrapping keys are added or retired. With random nonces it serves 2^32 notes (NIST SP 800-38D §8.3).
extension VaultSession {
    /// Seals a note of the session's base. `row` is what names the note in its store; it opens under no other name.
    public mutating func sealNote(
        _ plaintext: [UInt8], for use: NoteUse, row: [UInt8]
    ) throws(VaultError) -> Sealed {
        try withSealer { (sealer) throws(VaultError) in try sealer.sealNote(plaintext, for: use, row: row) }
    }

    /// Opens a note. Throws `malformed` and `notAuthentic` as ``open(_:with:at:)`` does.
    public mutating func openNote(_ note: Sealed, for use: NoteUse, row: [UInt8]) throws(VaultError) -> [UInt8] {
        try withSealer { (sealer) throws(VaultError) in try sealer.openNote(note, for: use, row: row) }
    }
}
