import Bureau
import Repositories
import Vault

/// A request as it is given out: `RequestRecord` in plaintext.
public struct RequestView: Sendable {
    public var record: RequestRecord
    /// Nil when base A held nobody, or the person has been deleted since.
    public var cpf: CPF?
    public var reason: DisputeReason?
    public var note: String?
    /// Whether the term was over when the request ended, or is over now.
    public var isLate: Bool

    /// The last day of the law's term.
    public var dueOn: CalendarDate { record.dueOn }

    init(_ record: RequestRecord, _ details: RequestDetails?, at now: Instant) {
        self.record = record
        self.record.details = nil
        cpf = details?.cpf
        reason = details?.reason
        note = details?.note
        isLate = record.lateFrom <= record.completion?.at ?? now
    }
}

extension RequestRecord {
    /// A request that is received now, without details.
    init(_ kind: RequestKind, of token: SubjectToken, id: RecordID, debtID: RecordID? = nil, at: Instant) {
        self.init(
            requestID: id, token: token, kind: kind, debtID: debtID, receivedAt: at,
            lateFrom: kind.term.lastDay(from: at).endInSaoPaulo)
    }

    /// The last day of the law's term.
    var dueOn: CalendarDate { CalendarDate.inSaoPaulo(lateFrom).adding(days: -1) }
}
