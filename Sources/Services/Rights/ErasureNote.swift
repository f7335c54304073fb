import Bureau

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
        get {
            switch base {
            case .a: a
            case .b: b
            case .c: c
            }
        }
        set {
            switch base {
            case .a: a = newValue
            case .b: b = newValue
            case .c: c = newValue
            }
        }
    }
}

extension ErasureNote {
    /// The erasure as it lies inside a note.
    var fields: [UInt8] {
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
    init?(fields: [UInt8]) {
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
