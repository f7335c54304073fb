import Bureau
import Repositories

/// All that base A keeps of a subject, whatever the token.
struct KeptSubject: Hashable {
    var person: PersonRecord?
    var payments: [PersonPayment] = []
    var consents: [ConsentRecord] = []
    var requests: [RequestRecord] = []
    var cadastro: CadastroRecord?
    /// The receipts of the writes with the keys 1 to 3.
    var receipts: [Receipt?] = [nil, nil, nil]
    var isBlocked = false
    var note: Sealed?
    /// Whether anything is kept but the tombstone, such as the last version of a person who was deleted.
    var remains = false
}

extension PersonRepository {
    func kept(under token: SubjectToken) async throws -> KeptSubject {
        var kept = KeptSubject()
        kept.person = try await read([token], audit: [])[0]
        kept.person?.token = Sample.token(0)
        kept.payments = try await payments(of: [PersonPaymentsQuery(token: token, after: nil, limit: 100)])[0]
        kept.consents = try await consents([ConsentQuery(token: token, before: nil, limit: 100)])[0]
        kept.requests = try await requests([RequestQuery(token: token, kind: nil, before: nil, limit: 100)])[0]
        for index in kept.requests.indices { kept.requests[index].token = Sample.token(0) }
        kept.cadastro = try await cadastros([token])[0]
        kept.receipts = try await receipts((1...3).map { RepeatKey(token: token, key: Sample.id($0)) })
        kept.isBlocked = try await blocked(after: nil, limit: 100_000).contains(token)
        kept.note = try await tombstones(of: [token])[0]?.note
        kept.remains = try await remains(of: [token])[0]
        return kept
    }

    /// Creates a person with a receipt of it, two debts, a payment, a consent, an open dispute, a closed register and a
    /// block, by one item of each kind.
    func fill(_ token: SubjectToken, _ number: Int = 1) async throws {
        var creation = Sample.creation(number, debts: [Sample.newDebt(number * 10), Sample.newDebt(number * 10 + 1)])
        let key = creation.dataKey
        creation.token = token
        creation.receipt = Sample.receipt(1, of: number)
        creation.receipt?.key.token = token
        _ = try await create([creation])
        let payment = PaymentKey(token: token, debtID: Sample.id(number * 10), key: Sample.id(50))
        _ = try await write([
            PaymentChange(
                payment: payment, dataKey: key, action: .add(position: 0), details: Sample.sealed(3),
                at: Sample.instant(1))
        ])
        let consent = ConsentRecord(
            consentID: Sample.id(number * 10 + 2), details: Sample.sealed(4), grantedAt: Sample.instant(2))
        _ = try await write([ConsentChange(token: token, action: .grant(consent, dataKey: key))])
        _ = try await write([
            RequestFiling.open(.sample(number * 10 + 3, token, .dispute, debt: number * 10), sealedBy: key)
        ])
        let closing = RequestRecord.sample(number * 10 + 4, token, .cadastroCancel)
        _ = try await write([CadastroChange(token: token, isCancelled: true, request: closing)])
        _ = try await block([BlockChange(token: token, isBlocked: true, audit: .random())])
    }
}

extension RequestRecord {
    static func sample(_ number: Int, _ token: SubjectToken, _ kind: RequestKind, debt: Int? = nil) -> RequestRecord {
        RequestRecord(
            requestID: Sample.id(number), token: token, kind: kind, debtID: debt.map { Sample.id($0) },
            receivedAt: Sample.instant(3), lateFrom: Sample.instant(100), details: Sample.sealed(number))
    }
}

extension RenamingStore {
    /// Walks over all pages; the tokens of each.
    func pages(ofKeysBelow keyNumber: UInt8, limit: Int) async throws -> [[SubjectToken]] {
        var pages: [[SubjectToken]] = []
        var cursor: WalkCursor?
        repeat {
            let page = try await tokens(ofKeysBelow: keyNumber, after: cursor, limit: limit)
            pages.append(page.tokens)
            cursor = page.next
        } while cursor != nil
        return pages
    }

    func tokens(ofKeysBelow keyNumber: UInt8) async throws -> Set<SubjectToken> {
        Set(try await pages(ofKeysBelow: keyNumber, limit: 500).joined())
    }
}
