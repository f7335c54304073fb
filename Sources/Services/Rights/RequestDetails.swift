import Bureau
import Repositories
import Vault

/// What base A keeps of a request under the person's data key.
struct RequestDetails: Hashable, Sendable, PersonalValue {
    /// Whose request it is, because no token leads back to a CPF.
    var cpf: CPF
    var reason: DisputeReason?
    /// What the person has to say.
    var note: String?
    /// The state of a debt before it was contested.
    var formerStatus: DebtStatus?
    var formerSettledOn: CalendarDate?

    init(
        cpf: CPF, reason: DisputeReason? = nil, note: String? = nil, formerStatus: DebtStatus? = nil,
        formerSettledOn: CalendarDate? = nil
    ) {
        self.cpf = cpf
        self.reason = reason
        self.note = note
        self.formerStatus = formerStatus
        self.formerSettledOn = formerSettledOn
    }
}

extension RequestDetails {
    /// The details as they lie inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.integer(cpf.number)
        writer.optional(reason) { $0.text($1) }
        writer.optional(note) { $0.text($1) }
        writer.optional(formerStatus) { $0.text($1) }
        writer.optional(formerSettledOn) { $0.integer($1.daysSinceEpoch) }
        return writer.bytes
    }

    /// Reads details; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let details = FieldReader.read(fields) { reader -> RequestDetails? in
            guard let number = reader.integer(UInt64.self), let cpf = CPF(number: number),
                let reason = reader.optional({ $0.value(DisputeReason.self) }),
                let note = reader.optional({ $0.text() }),
                let formerStatus = reader.optional({ $0.value(DebtStatus.self) }),
                let formerSettledOn = reader.optional({ $0.date() })
            else { return nil }
            return RequestDetails(
                cpf: cpf, reason: reason, note: note, formerStatus: formerStatus, formerSettledOn: formerSettledOn)
        }
        guard let details else { return nil }
        self = details
    }
}

/// To whom and for which purpose a person consents, as base A keeps it under the person's data key.
struct ConsentDetails: Hashable, Sendable {
    var requester: String
    var purpose: Purpose

    init(requester: String, purpose: Purpose) {
        self.requester = requester
        self.purpose = purpose
    }

    /// Whether an access is what the person consented to. Names of a requester are compared as they are counted.
    func covers(_ access: Access) -> Bool {
        access.purpose == purpose && access.requester?.foldedForComparing == requester.foldedForComparing
    }

    /// The details as they lie inside a sealed value.
    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.text(requester)
        writer.text(purpose)
        return writer.bytes
    }

    /// Reads details; nil when the bytes are something else.
    init?(fields: [UInt8]) {
        let details = FieldReader.read(fields) { reader -> ConsentDetails? in
            guard let requester = reader.text(), let purpose = reader.value(Purpose.self) else { return nil }
            return ConsentDetails(requester: requester, purpose: purpose)
        }
        guard let details else { return nil }
        self = details
    }
}

extension PersonSealer {
    func seal(
        _ details: RequestDetails, of requestID: RecordID, in session: inout VaultSession
    ) throws(VaultError) -> Sealed {
        try session.seal(details.fields, with: key, at: location("request", "details", row: LocationOctets(requestID)))
    }

    /// Nil for details from an earlier life of the person, which no key opens any more.
    func openDetails(of request: RequestRecord, in session: inout VaultSession) -> RequestDetails? {
        let location = location("request", "details", row: LocationOctets(request.requestID))
        guard let sealed = request.details, let fields = try? session.open(sealed, with: key, at: location) else {
            return nil
        }
        return RequestDetails(fields: fields)
    }

    func seal(
        _ details: ConsentDetails, of consentID: RecordID, in session: inout VaultSession
    ) throws(VaultError) -> Sealed {
        try session.seal(details.fields, with: key, at: location("consent", "details", row: LocationOctets(consentID)))
    }

    func openConsent(
        _ record: ConsentRecord, in session: inout VaultSession
    ) throws(VaultError) -> ConsentDetails {
        let location = location("consent", "details", row: LocationOctets(record.consentID))
        guard let details = ConsentDetails(fields: try session.open(record.details, with: key, at: location)) else {
            throw .malformed
        }
        return details
    }
}
