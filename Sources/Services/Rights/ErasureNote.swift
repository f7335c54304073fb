import Bureau
import Repositories
import Vault

/// What an outbox entry and tombstones tell of an erasure: itself, and the subject's tokens in all bases, so that each
/// base's tombstone is enough to bury the subject in the others again.
struct ErasureNote: Hashable, Sendable {
    var erasureID: RecordID
    var requestedAt: Instant
    var reason: ErasureReason
    var tokens: SubjectTokens
    /// What ends the erasure; in base A's tombstone alone.
    var completion: Erasure.Completion?

    func erasure(pending: [Base] = []) -> Erasure {
        Erasure(
            erasureID: erasureID, requestedAt: requestedAt, reason: reason, completion: completion, pending: pending)
    }
}

/// The tokens of one subject in the three bases.
struct SubjectTokens: Hashable, Sendable {
    var a: SubjectToken
    var b: SubjectToken
    var c: SubjectToken

    subscript(base: Base) -> SubjectToken {
        switch base {
        case .a: a
        case .b: b
        case .c: c
        }
    }
}

extension ErasureNote {
    /// The erasure as it lies inside a note.
    private var fields: [UInt8] {
        var writer = FieldWriter()
        writer.integer(erasureID.high)
        writer.integer(erasureID.low)
        writer.integer(requestedAt.microsecondsSinceEpoch)
        writer.text(reason)
        for base in Base.allCases { for byte in tokens[base].bytes { writer.integer(byte) } }
        writer.optional(completion) { writer, completion in
            writer.integer(completion.erasedAt.microsecondsSinceEpoch)
            writer.integer(completion.auditID.high)
            writer.integer(completion.auditID.low)
        }
        return writer.bytes
    }

    /// Reads an erasure; nil when the bytes are something else.
    private init?(fields: [UInt8]) {
        let note = FieldReader.read(fields) { reader -> ErasureNote? in
            guard let erasureID = reader.recordID(), let requestedAt = reader.instant(),
                let reason = reader.value(ErasureReason.self), let a = reader.token(), let b = reader.token(),
                let c = reader.token(), let completion = reader.optional({ $0.completion() })
            else { return nil }
            return ErasureNote(
                erasureID: erasureID, requestedAt: requestedAt, reason: reason,
                tokens: SubjectTokens(a: a, b: b, c: c), completion: completion)
        }
        guard let note else { return nil }
        self = note
    }

    /// The tombstone of a base, sealed by a session of base A's vault.
    func tombstone(of base: Base, in session: inout VaultSession) throws(VaultError) -> Tombstone {
        var note = self
        if base != .a { note.completion = nil }
        let token = tokens[base]
        return Tombstone(
            token: token, note: try session.sealNote(note.fields, for: .tombstone, row: Self.row(token, of: base)))
    }

    /// Opens a tombstone of a base; nil when it is damaged, or another base's or subject's.
    init?(_ tombstone: Tombstone, of base: Base, in session: inout VaultSession) {
        let row = Self.row(tombstone.token, of: base)
        guard let fields = try? session.openNote(tombstone.note, for: .tombstone, row: row),
            let note = ErasureNote(fields: fields), note.tokens[base] == tombstone.token
        else { return nil }
        self = note
    }

    /// The task of the outbox, whose name follows from the subject, so that a subject has one at most.
    func entry(in session: inout VaultSession) throws(VaultError) -> OutboxEntry {
        let entryID = session.identifier(of: tokens.a.bytes, for: .erasure)
        return OutboxEntry(
            entryID: entryID, note: try session.sealNote(fields, for: .outbox, row: entryID.octets))
    }

    /// Opens a task of the outbox; nil when it is damaged.
    init?(_ entry: OutboxEntry, in session: inout VaultSession) {
        let row = entry.entryID.octets
        guard let fields = try? session.openNote(entry.note, for: .outbox, row: row) else { return nil }
        self.init(fields: fields)
    }

    private static func row(_ token: SubjectToken, of base: Base) -> [UInt8] {
        Array(base.rawValue.utf8) + token.bytes
    }
}

extension FieldReader {
    fileprivate mutating func recordID() -> RecordID? {
        guard let high = integer(UInt64.self), let low = integer(UInt64.self) else { return nil }
        return RecordID(high: high, low: low)
    }

    fileprivate mutating func instant() -> Instant? {
        integer(Int64.self).flatMap { Instant(microsecondsSinceEpoch: $0) }
    }

    fileprivate mutating func token() -> SubjectToken? {
        var bytes: [UInt8] = []
        for _ in 0..<SubjectToken.byteCount {
            guard let byte = integer(UInt8.self) else { return nil }
            bytes.append(byte)
        }
        return SubjectToken(bytes: bytes)
    }

    fileprivate mutating func completion() -> Erasure.Completion? {
        guard let erasedAt = instant(), let auditID = recordID() else { return nil }
        return Erasure.Completion(erasedAt: erasedAt, auditID: auditID)
    }
}
