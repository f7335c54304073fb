import Bureau
import Repositories
import Vault

/// A consent that a person gives.
public struct ConsentGrant: Sendable {
    public var requester: String
    public var purpose: Purpose

    public init(requester: String, purpose: Purpose) {
        self.requester = requester
        self.purpose = purpose
    }
}

/// A consent as it is given out: `ConsentRecord` in plaintext.
public struct ConsentView: Sendable {
    public var consentID: RecordID
    public var requester: String
    public var purpose: Purpose
    public var grantedAt: Instant
    /// Nil while the consent stands.
    public var revokedAt: Instant?
}

/// What became of a consent that was to be granted or revoked.
public struct ChangedConsent: Sendable {
    public var consent: ConsentView
    /// False when the same was done before, and nothing was written.
    public var isNew: Bool
}

/// Consents of persons that base A holds (LGPD art. 8, art. 18, IX).
extension RightsService {
    /// The most consents of a person, those that have ended included.
    static let mostConsents = 200

    /// Keeps consents. One that stands to the same requester and purpose is found instead. `notFound`, `limitReached`,
    /// `forbidden`.
    public func grant(_ writes: [SubjectWrite<ConsentGrant>]) async -> [Result<ChangedConsent, ServiceError>] {
        await change(writes) { write, person, consents, session throws(ServiceError) in
            let grant = write.content
            let standing = consents.first {
                $0.revokedAt == nil && $0.requester == grant.requester && $0.purpose == grant.purpose
            }
            if let standing { return (ChangedConsent(consent: standing, isNew: false), nil) }
            if consents.count >= Self.mostConsents {
                throw .limitReached(limit: "consents", most: Self.mostConsents)
            }
            let at = stamps.now()
            let consent = ConsentView(
                consentID: stamps.recordID(at: at), requester: grant.requester, purpose: grant.purpose, grantedAt: at)
            let details = try sealing { () throws(VaultError) in
                try person.sealer.seal(
                    ConsentDetails(requester: grant.requester, purpose: grant.purpose), of: consent.consentID,
                    in: &session)
            }
            let record = ConsentRecord(consentID: consent.consentID, details: details, grantedAt: at)
            return (ChangedConsent(consent: consent, isNew: true), .grant(record, dataKey: person.record.dataKey))
        }
    }

    /// Ends consents; one that has ended already stays so. `notFound`, `forbidden`.
    public func revoke(_ writes: [SubjectWrite<RecordID>]) async -> [Result<ChangedConsent, ServiceError>] {
        await change(writes) { write, _, consents, _ throws(ServiceError) in
            guard var consent = consents.first(where: { $0.consentID == write.content }) else { throw .notFound }
            if consent.revokedAt != nil { return (ChangedConsent(consent: consent, isNew: false), nil) }
            let at = max(stamps.now(), consent.grantedAt)
            consent.revokedAt = at
            return (ChangedConsent(consent: consent, isNew: true), .revoke(consent.consentID, at: at))
        }
    }

    /// Lists persons' consents, the newest first. `notFound`, `forbidden`.
    public func consents(_ pages: [PageRequest<RecordID>]) async -> [Result<Page<ConsentView>, ServiceError>] {
        await persons.control.permitted(pages) { pages in
            await Attempt.settleReads(pages) { (pages, areAudited) async throws(ServiceError) in
                let found = try await persons.openAudited(
                    pages.map {
                        SubjectRequest(SubjectRead(cpf: $0.cpf, access: $0.access), isAudited: areAudited)
                    })
                let queries = zip(vault.tokens(of: pages.lazy.map(\.cpf)), pages).map { token, page in
                    ConsentQuery(token: token, before: page.before, limit: page.limitWithNext)
                }
                return zip(pages, try await views(queries, of: found)).map { page, views in
                    views.map { Page($0, limit: page.limit) }
                }
            }
        }
    }

    /// Reads persons and their consents, lets `prepare` tell what is to be done, and does it.
    private func change<Content>(
        _ writes: [SubjectWrite<Content>],
        prepare: (
            SubjectWrite<Content>, OpenPerson, [ConsentView], inout VaultSession
        ) throws(ServiceError) -> (ChangedConsent, ConsentChange.Action?)
    ) async -> [Result<ChangedConsent, ServiceError>] {
        await persons.control.permitted(writes) { writes in
            await Attempt.settle(writes) { (writes) async throws(ServiceError) in
                let found = try await persons.openAudited(writes.map { SubjectRequest(for: $0) })
                let tokens = vault.tokens(of: writes.lazy.map(\.cpf))
                let views = try await views(
                    tokens.map { ConsentQuery(token: $0, before: nil, limit: Self.mostConsents) }, of: found)
                return vault.withSession { session in
                    zip(zip(writes, tokens), zip(found, views)).map { write, pair in
                        Result { () throws(ServiceError) in
                            let (answer, action) = try prepare(
                                write.0, try pair.0.get(), try pair.1.get(), &session)
                            return PreparedConsent(
                                answer: answer, change: action.map { ConsentChange(token: write.1, action: $0) })
                        }
                    }
                }
            } write: { (prepared) async throws(ServiceError) in
                var outcomes = try await ask(repository.write, prepared.compactMap(\.change)).makeIterator()
                return prepared.map { prepared in
                    guard prepared.change != nil else { return .success(prepared.answer) }
                    return (outcomes.next() ?? .failure(.contended)).flatMap(\.version).map { _ in prepared.answer }
                }
            }
        }
    }

    /// What is to be done for a consent, from what was read; nothing without a change.
    private struct PreparedConsent: Sendable {
        var answer: ChangedConsent
        var change: ConsentChange?
    }

    /// Reads and opens consents of persons that were found. `overtaken`, when a person has got another data key since.
    func views(
        _ queries: [ConsentQuery], of found: [Result<OpenPerson, ServiceError>]
    ) async throws(ServiceError) -> [Result<[ConsentView], ServiceError>] {
        let records = try await ask(repository.consents, queries)
        let opened: [Result<[ConsentView], ServiceError>] = vault.withSession { session in
            zip(found, records).map { person, records in
                Result { () throws(ServiceError) in
                    let sealer = try person.get().sealer
                    var views: [ConsentView] = []
                    for record in try records.get() { views.append(try open(record, by: sealer, in: &session)) }
                    return views
                }
            }
        }
        return try await persons.overtaken(opened, of: found)
    }

    private func open(
        _ record: ConsentRecord, by sealer: PersonSealer, in session: inout VaultSession
    ) throws(ServiceError) -> ConsentView {
        do throws(VaultError) {
            let details = try sealer.openConsent(record, in: &session)
            return ConsentView(
                consentID: record.consentID, requester: details.requester, purpose: details.purpose,
                grantedAt: record.grantedAt, revokedAt: record.revokedAt)
        } catch {
            throw .unreadable(.a)
        }
    }
}
