import Bureau
import Repositories
import Vault

/// What persons do by their rights in base A: disputes, corrections, consents, their register.
///
/// Every call is part of the duty `rights`, and the audit log has it as a person's own request.
public struct RightsService: Sendable {
    let persons: PersonService

    var repository: any PersonRepository { persons.repository }
    var vault: BaseVault { persons.vault }
    var stamps: Stamps { persons.stamps }

    public init(persons: PersonService) {
        self.persons = persons
    }

    /// The most requests of a subject that are looked through for an open one.
    private static let mostRequests = 200

    /// Reads the subjects' newest requests of a kind, on behalf of a call that has left its audit entry.
    func requests(
        _ kind: RequestKind, of tokens: [SubjectToken]
    ) async throws(ServiceError) -> [Result<[RequestRecord], ServiceError>] {
        try await ask(
            repository.requests,
            tokens.map { RequestQuery(token: $0, kind: kind, before: nil, limit: Self.mostRequests) })
    }
}

/// A page of requests of any subject.
public struct DueRequest: Sendable {
    public var access: Access
    public var state: RequestState
    public var after: RequestPosition?
    public var limit: Int

    public init(access: Access, state: RequestState, after: RequestPosition?, limit: Int) {
        self.access = access
        self.state = state
        self.after = after
        self.limit = limit
    }
}

/// How requests are listed.
extension RightsService {
    /// Whether requests may be listed; no store is asked. `forbidden`, which the audit log is told.
    public func authorise(_ query: DueRequest) -> Result<Void, ServiceError> {
        let decision = persons.control.permit(query.access)
        // Nothing is given out, so that a journal that fails changes nothing.
        if case .failure = decision {
            try? persons.trail.journal(query.access.method, .denied, purpose: query.access.purpose)
        }
        return decision
    }

    /// Lists the requests of all subjects, the first to become late first. `forbidden`.
    ///
    /// The audit log has each subject whose request is listed.
    public func requests(_ queries: [DueRequest]) async -> [Result<Page<RequestView>, ServiceError>] {
        let decisions = queries.map { authorise($0) }
        let granted = zip(queries, decisions).filter { (try? $1.get()) != nil }.map(\.0)
        var pages = await requestsGranted(granted).makeIterator()
        return decisions.map { $0.flatMap { pages.next() ?? .failure(.contended) } }
    }

    private func requestsGranted(_ queries: [DueRequest]) async -> [Result<Page<RequestView>, ServiceError>] {
        await batch(of: queries.count) { () async throws(ServiceError) in
            let now = stamps.now()
            let found = try await ask(
                repository.due,
                queries.map { query in
                    DueQuery(state: query.state, now: now, after: query.after, limit: query.limit + 1)
                })
            var pages: [Result<Page<RequestView>, ServiceError>] = []
            for (query, found) in zip(queries, found) {
                guard case .success(let records) = found else {
                    pages.append(found.map { _ in Page([], limit: query.limit) })
                    continue
                }
                let views = try await views(records, for: query.access, at: now)
                pages.append(.success(Page(views, limit: query.limit)))
            }
            return pages
        }
    }

    /// Lists a subject's disputes, the newest first. `forbidden`.
    public func disputes(
        _ pages: [PageRequest<RecordID>]
    ) async -> [Result<Page<RequestView>, ServiceError>] {
        await persons.control.permitted(pages) { pages in
            await Attempt.settleReads(pages) { (pages, areAudited) async throws(ServiceError) in
                let now = stamps.now()
                let found = try await persons.openAudited(
                    pages.map {
                        SubjectRequest(SubjectRead(cpf: $0.cpf, access: $0.access), isAudited: areAudited)
                    })
                let tokens = vault.tokens(of: pages.lazy.map(\.cpf))
                let records = try await ask(
                    repository.requests,
                    zip(tokens, pages).map { token, page in
                        RequestQuery(token: token, kind: .dispute, before: page.before, limit: page.limitWithNext)
                    })
                let read = try await hold(records, of: found)
                return vault.withSession { session in
                    zip(pages, zip(found, read)).map { page, pair in
                        let sealer = (try? pair.0.get())?.sealer
                        return pair.1.map { records in
                            let views = records.map {
                                RequestView($0, sealer?.openDetails(of: $0, in: &session), at: now)
                            }
                            return Page(views, limit: page.limit)
                        }
                    }
                }
            }
        }
    }

    /// Makes `overtaken` of the requests of persons who have got another data key since they were read, when details of
    /// this life of a person do not open.
    func hold(
        _ requests: [Result<[RequestRecord], ServiceError>], of found: [Result<OpenPerson, ServiceError>]
    ) async throws(ServiceError) -> [Result<[RequestRecord], ServiceError>] {
        let opened: [Result<Void, ServiceError>] = vault.withSession { session in
            zip(requests, found).map { requests, person in
                guard let requests = try? requests.get(), let person = try? person.get() else { return .success(()) }
                let isClosed = requests.contains { request in
                    request.details != nil && request.receivedAt >= person.record.times.created
                        && person.sealer.openDetails(of: request, in: &session) == nil
                }
                return isClosed ? .failure(.unreadable(.a)) : .success(())
            }
        }
        return zip(requests, try await persons.overtaken(opened, of: found)).map { requests, opened in
            if case .failure(.overtaken) = opened { .failure(.overtaken) } else { requests }
        }
    }

    /// Opens requests of different subjects, which takes their persons. A few are read at a time, because a person may
    /// have two hundred debts.
    private func views(
        _ records: [RequestRecord], for access: Access, at now: Instant
    ) async throws(ServiceError) -> [RequestView] {
        if records.isEmpty { try persons.trail.journal(access.method, purpose: access.purpose, count: 0) }
        let records = try await persons.presented(records)
        var views: [RequestView] = []
        for start in stride(from: 0, to: records.count, by: 10) {
            let part = records[start..<min(start + 10, records.count)]
            let tokens = Array(Set(part.map(\.token)))
            let audit = persons.trail.granted(repeatElement(access, count: tokens.count), to: tokens)
            let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
                try await repository.read(tokens, audit: audit)
            }
            let sealers = sealers(of: zip(tokens, try await ask(read, tokens)))
            var details = openDetails(of: part, by: sealers)
            // A person who has got another data key since the requests were read has them under that key now.
            let closed = part.filter { $0.details != nil && details[$0.requestID] == nil && sealers[$0.token] != nil }
            let again = try await ask(
                repository.requests,
                Set(closed.map(\.token)).map {
                    RequestQuery(token: $0, kind: nil, before: nil, limit: Self.mostRequests)
                })
            for requests in again {
                details.merge(openDetails(of: (try? requests.get()) ?? [], by: sealers)) { first, _ in first }
            }
            for record in part { views.append(RequestView(record, details[record.requestID], at: now)) }
        }
        return views
    }

    private func sealers(
        of people: some Sequence<(SubjectToken, Result<PersonRecord?, ServiceError>)>
    ) -> [SubjectToken: PersonSealer] {
        vault.withSession { session in
            var sealers: [SubjectToken: PersonSealer] = [:]
            for (token, person) in people {
                guard let record = try? person.get(), let key = try? session.unwrap(record.dataKey, for: token)
                else { continue }
                sealers[token] = PersonSealer(token: token, key: key)
            }
            return sealers
        }
    }

    private func openDetails(
        of requests: some Sequence<RequestRecord>, by sealers: [SubjectToken: PersonSealer]
    ) -> [RecordID: RequestDetails] {
        vault.withSession { session in
            var details: [RecordID: RequestDetails] = [:]
            for request in requests {
                details[request.requestID] = sealers[request.token]?.openDetails(of: request, in: &session)
            }
            return details
        }
    }
}

extension PersonService {
    /// The requests, under their subjects' present tokens.
    fileprivate func presented(_ records: [RequestRecord]) async throws(ServiceError) -> [RequestRecord] {
        guard let moves, !records.isEmpty else { return records }
        do throws(StoreError) {
            let tokens = try await moves.prepare(records.map(\.token), in: .a)
            return zip(records, tokens).map { record, token in
                var record = record
                record.token = token
                return record
            }
        } catch {
            throw .store(error)
        }
    }
}
