import Bureau
import Repositories
import Vault

/// What base A holds.
extension SubjectAccessService {
    func inBaseA(_ reads: [SubjectRead]) async -> [Result<SubjectHoldings, ServiceError>] {
        await Attempt.settleReads(reads) { (reads, areAudited) async throws(ServiceError) in
            try await holdings(reads, areAudited: areAudited)
        }
    }

    private func holdings(
        _ reads: [SubjectRead], areAudited: Bool
    ) async throws(ServiceError) -> [Result<SubjectHoldings, ServiceError>] {
        let now = persons.stamps.now()
        let today = CalendarDate.inSaoPaulo(now)
        let found = try await persons.openAudited(reads.map { SubjectRequest($0, isAudited: areAudited) })
        let tokens = persons.vault.tokens(of: reads.lazy.map(\.cpf))
        let limit = Self.mostItems
        let stored = try await ask(
            rights.repository.requests,
            tokens.map { RequestQuery(token: $0, kind: nil, before: nil, limit: limit + 1) })
        let requests = try await rights.hold(stored, of: found)
        let consents = try await rights.views(
            tokens.map { ConsentQuery(token: $0, before: nil, limit: limit + 1) }, of: found)
        let cadastros = try await ask(rights.repository.cadastros, tokens)
        let latest = try await persons.overtaken(
            try await payments.latest(Self.mostPayments, of: found, on: today), of: found)
        payments.noteUnreadable(latest, of: reads, found)
        return persons.vault.withSession { session in
            reads.indices.map { index in
                Result { () throws(ServiceError) in
                    let person = try found[index].unlessNotFound()
                    let views = try requests[index].get().map { request in
                        RequestView(request, person?.sealer.openDetails(of: request, in: &session), at: now)
                    }
                    return SubjectHoldings(
                        generatedAt: now, person: person?.view.givenOut(for: .dataSubjectRequest, on: today),
                        payments: try latest[index].get(), profile: nil, scores: Page([], limit: 0), events: [],
                        requests: Page(views, limit: limit),
                        consents: Page(try consents[index].unlessNotFound() ?? [], limit: limit),
                        cadastro: try cadastros[index].get(), groups: [])
                }
            }
        }
    }
}

extension PaymentService {
    /// Reads the latest payments of every debt of persons that were found, for the persons themselves.
    fileprivate func latest(
        _ limit: Int, of found: [Result<OpenPerson, ServiceError>], on today: CalendarDate
    ) async throws(ServiceError) -> [Result<[(debtID: RecordID, page: Page<PaymentView>)], ServiceError>] {
        let people = found.map { try? $0.get() }
        let queries = people.compactMap(\.self).flatMap { person in
            person.view.debts.map { debt in
                PaymentQuery(token: person.record.token, debtID: debt.debtID, before: nil, limit: limit + 1)
            }
        }
        var pages = try await ask(persons.repository.payments, queries).makeIterator()
        return persons.vault.withSession { session in
            people.map { person in
                Result { () throws(ServiceError) in
                    guard let person else { return [] }
                    var payments: [(debtID: RecordID, page: Page<PaymentView>)] = []
                    for debt in person.view.debts {
                        var views: [PaymentView] = []
                        for record in try (pages.next() ?? .failure(.contended)).get() {
                            var view = try open(record, of: debt.debtID, person.sealer, in: &session)
                            view.withheld = view.payment.withheld(on: today)
                            views.append(view)
                        }
                        if !views.isEmpty { payments.append((debt.debtID, Page(views, limit: limit))) }
                    }
                    return payments
                }
            }
        }
    }
}
