import Bureau
import Repositories
import Vault

/// Seals erasures into the notes that bases keep, and opens them, all with base A's vault.
///
/// Inside a note a subject's tokens are those of the first keys, and it is bound to them, so that it opens whatever key
/// makes the tokens; outside they are the present ones.
struct ErasureNotes: Sendable {
    let vaultA: BaseVault
    let vaultB: BaseVault
    let vaultC: BaseVault

    private func vault(of base: Base) -> BaseVault {
        switch base {
        case .a: vaultA
        case .b: vaultB
        case .c: vaultC
        }
    }

    /// The tombstone of a base.
    func tombstone(of note: ErasureNote, in base: Base) throws(VaultError) -> Tombstone {
        var inside = note.map { first($0, $1) }
        if base != .a { inside.completion = nil }
        let (fields, row) = (inside.fields, row(of: inside.tokens[base], in: base))
        let sealed = try vaultA.withSession { (session) throws(VaultError) in
            try session.sealNote(fields, for: .tombstone, row: row)
        }
        return Tombstone(token: note.tokens[base], note: sealed)
    }

    /// Opens a tombstone of a base; nil when it is damaged, or another base's or subject's.
    func note(in tombstone: Tombstone, of base: Base) -> ErasureNote? {
        let token = first(tombstone.token, base)
        let row = row(of: token, in: base)
        guard let fields = vaultA.withSession({ try? $0.openNote(tombstone.note, for: .tombstone, row: row) }),
            let note = ErasureNote(fields: fields), note.tokens[base] == token
        else { return nil }
        return note.map { present($0, $1) }
    }

    /// The task of the outbox, whose name follows from the subject, so that a subject has one at most.
    func entry(of note: ErasureNote) throws(VaultError) -> OutboxEntry {
        let inside = note.map { first($0, $1) }
        return try vaultA.withSession { (session) throws(VaultError) in
            let entryID = session.identifier(of: inside.tokens.a.bytes, for: .erasure)
            return OutboxEntry(
                entryID: entryID, note: try session.sealNote(inside.fields, for: .outbox, row: entryID.octets))
        }
    }

    /// Opens a task of the outbox; nil when it is damaged.
    func note(in entry: OutboxEntry) -> ErasureNote? {
        let row = entry.entryID.octets
        let fields = vaultA.withSession { try? $0.openNote(entry.note, for: .outbox, row: row) }
        return fields.flatMap { ErasureNote(fields: $0) }?.map { present($0, $1) }
    }

    private func first(_ token: SubjectToken, _ base: Base) -> SubjectToken { vault(of: base).first(of: token) }

    private func present(_ token: SubjectToken, _ base: Base) -> SubjectToken { vault(of: base).present(token) }

    private func row(of first: SubjectToken, in base: Base) -> [UInt8] { Array(base.rawValue.utf8) + first.bytes }
}

extension ErasureNote {
    /// The same erasure with other tokens.
    fileprivate func map(_ token: (SubjectToken, Base) -> SubjectToken) -> ErasureNote {
        var note = self
        note.tokens = SubjectTokens(a: token(tokens.a, .a), b: token(tokens.b, .b), c: token(tokens.c, .c))
        return note
    }
}
