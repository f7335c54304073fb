import Bureau
import Repositories

/// Requests, consents and registers in memory.
struct MemoryRights {
    var requests: [RecordID: RequestRecord] = [:]
    var consents: [SubjectToken: [ConsentRecord]] = [:]
    var cadastros: [SubjectToken: CadastroRecord] = [:]

    /// When a person's register was closed; nil while it is open.
    func cancelledAt(_ token: SubjectToken) -> Instant? {
        cadastros[token].flatMap { $0.isCancelled ? $0.cancelledAt : nil }
    }

    /// Forgets what does not outlive a person.
    mutating func delete(_ token: SubjectToken) { consents[token] = nil }

    /// Forgets an erased subject: of a request that has ended its kind and its times stay.
    mutating func erase(_ token: SubjectToken) {
        consents[token] = nil
        cadastros[token] = nil
        for (id, request) in requests where request.token == token {
            requests[id] = request.completion == nil ? nil : request.withoutPersonalValues
        }
    }

    func hasAnything(of token: SubjectToken) -> Bool {
        cadastros[token] != nil
            || requests.values.contains { $0.token == token && ($0.details != nil || $0.completion == nil) }
    }

    mutating func apply(_ filing: RequestFiling?, after outcome: WriteOutcome) {
        if let filing, case .written = outcome { _ = apply(filing) }
    }

    fileprivate mutating func apply(_ filing: RequestFiling) -> WriteOutcome {
        switch filing {
        case .open(let record, _):
            let isTwin = requests.values.contains { other in
                other.token == record.token && other.kind == .dispute && record.kind == .dispute
                    && other.debtID == record.debtID && other.completion == nil && record.completion == nil
            }
            if isTwin || requests[record.requestID] != nil { return .alreadyExists }
            requests[record.requestID] = record
        case .finish(let token, let requestID, let completion):
            guard let request = requests[requestID], request.token == token, request.completion == nil else {
                return .notFound
            }
            requests[requestID]?.completion = completion
        }
        return .written(version: 1)
    }
}

extension RequestRecord {
    fileprivate var withoutPersonalValues: RequestRecord {
        var record = self
        (record.details, record.debtID) = (nil, nil)
        return record
    }
}

extension MemoryPersons {
    package func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: filings.map(\.token))
        return filings.map { filing in
            if graves[filing.token] != nil { return .erased }
            if case .open(let record, let dataKey?) = filing,
                records[record.token]?.dataKey.isSameKey(as: dataKey) != true
            {
                return .overtaken
            }
            return rights.apply(filing)
        }
    }

    package func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try begin()
        return queries.map { query in
            let found = rights.requests.values.filter { request in
                request.token == query.token && query.kind.map { $0 == request.kind } ?? true
                    && query.before.map { request.requestID < $0 } ?? true
            }
            return Array(found.sorted { $0.requestID > $1.requestID }.prefix(query.limit))
        }
    }

    package func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try begin()
        return queries.map { query in
            let found = rights.requests.values.filter { request in
                let isLate = request.lateFrom <= query.now
                let isWanted =
                    switch query.state {
                    case .due: request.completion == nil && !isLate
                    case .late: request.completion == nil && isLate
                    case .all: true
                    }
                return isWanted && query.after.map { $0 < request.position } ?? true
            }
            return Array(found.sorted { $0.position < $1.position }.prefix(query.limit))
        }
    }

    package func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: changes.map(\.token))
        return changes.map { change in
            switch change.action {
            case .grant(let consent, let dataKey):
                guard let person = records[change.token] else { return .notFound }
                guard person.dataKey.isSameKey(as: dataKey) else { return .overtaken }
                keep([consent.details])
                records[change.token]?.encryptions += 1
                rights.consents[change.token, default: []].append(consent)
            case .revoke(let consentID, let at):
                let index = rights.consents[change.token]?.firstIndex {
                    $0.consentID == consentID && $0.revokedAt == nil
                }
                guard let index else { return .notFound }
                rights.consents[change.token]?[index].revokedAt = at
            }
            return .written(version: 1)
        }
    }

    package func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]] {
        try begin()
        return queries.map { query in
            let found = (rights.consents[query.token] ?? []).filter { consent in
                query.before.map { consent.consentID < $0 } ?? true
            }
            return Array(found.sorted { $0.consentID > $1.consentID }.prefix(query.limit))
        }
    }

    package func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome] {
        try begin(writing: changes.map(\.token))
        return changes.map { change in
            if graves[change.token] != nil { return .erased }
            if let key = change.sealedBy, records[change.token]?.dataKey.isSameKey(as: key) != true {
                return .overtaken
            }
            let state = rights.cadastros[change.token]
            let at = change.request.receivedAt
            if change.isCancelled, state?.isCancelled != true {
                rights.cadastros[change.token] = CadastroRecord(cancelledAt: at)
            } else if !change.isCancelled, state?.isCancelled == true {
                rights.cadastros[change.token]?.reopenedAt = at
            }
            return rights.apply(.open(change.request))
        }
    }

    package func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?] {
        try begin()
        return tokens.map { rights.cadastros[$0] }
    }

    package func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try begin()
        let closed = rights.cadastros.filter { $0.value.isCancelled }.keys.sorted()
        return Array(closed.drop { closed in token.map { closed <= $0 } ?? false }.prefix(limit))
    }
}
