import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@testable import Vault

/// Persons with debts, payments, a consent and a request each.
struct PersonBureau: Sendable {
    static let cpfs: [CPF] = ["52998224725", "39053344705", "11144477735"].map { Self.parse($0) }

    static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    static let debt = Debt(
        creditor: "Banco Exemplar", creditorCNPJ: Self.parse("16727230000197"), amount: Money(cents: 642_950),
        annualInterestBasisPoints: 2400, dueDate: Self.parse("2030-06-30"), status: .open)

    let place: PersonPlace
    let store: any PersonRepository
    let services: BureauServices
    let vault: BaseVault
    var walk: ResealingWalk { ResealingWalk(vault: vault, persons: store) }

    init(_ driver: Driver<PersonPlace>) async throws {
        place = try await driver.makePlace()
        store = try await place.open()
        let vaultA = try Self.vault(.a)
        vault = vaultA
        let disclosures = Disclosures(plain: .all)
        let policy = Policy([
            .owner: Policy.Grants(
                reads: [.creditProtection: disclosures, .dataSubjectRequest: disclosures], changes: .all,
                duties: [.rights])
        ])
        let actor = Actor(name: "test", role: .owner)
        services = BureauServices(
            persons: store, profiles: MemoryProfiles(), events: MemoryEvents(), vaultA: vaultA,
            vaultB: try Self.vault(.b), vaultC: try Self.vault(.c),
            control: AccessControl(policy: policy, actor: actor),
            trail: AuditTrail(
                process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: .system,
                journal: MemoryJournal()),
            log: AuditLog(
                repository: MemoryPersons(), keys: vaultA.audit, journal: MemoryJournal(), witness: MemoryWitness()),
            models: ServedModels(champion: try Self.model()),
            stamps: .system, eventBody: { _, _ in [] }, readBody: { _ in nil })
    }

    private static func model() throws -> ServedModel {
        let card = try Scorecard(
            model: "test", version: 1, basePoints: 0,
            characteristics: [
                ScoredCharacteristic(
                    name: "income", baseline: 1, table: .bins([PointsBin(from: nil, to: nil, AttributePoints(1))]),
                    missing: MissingPoints(AttributePoints(1)))
            ])
        return try ServedModel(card, hash: [UInt8](repeating: 1, count: 32), canonical: [])
    }

    private static func vault(_ base: Base) throws -> BaseVault {
        func secret(_ byte: UInt8) -> SecretKey {
            SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
        }
        return try BaseVault(
            ring: #require(KeyRing(base: base, tokenSecret: secret(1), wrappingSecrets: [1: secret(2)])))
    }

    func token(_ index: Int) -> SubjectToken {
        vault.withSession { session in Self.cpfs[index].withText { session.token(of: $0) } }
    }

    func access(_ method: String, _ purpose: Purpose? = nil, duty: Duty? = nil) -> Access {
        Access(method: method, purpose: purpose, groups: .all, duty: duty)
    }

    func write<Content>(_ content: Content, _ index: Int, _ method: String, duty: Duty? = nil) -> SubjectWrite<
        Content
    > {
        SubjectWrite(
            cpf: Self.cpfs[index], content: content, expectedVersion: nil,
            access: access(method, duty == nil ? nil : .dataSubjectRequest, duty: duty))
    }

    /// Creates a person with two debts, a payment, a consent and a request.
    @discardableResult
    func fill(_ index: Int) async throws -> [RecordID] {
        let person = Person(
            cpf: Self.cpfs[index], name: "Marialva", surname: "Lima", birthDate: Self.parse("1959-01-02"), phone: nil,
            email: nil,
            address: Address(
                postalCode: Self.parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
                district: "Bela Vista", city: "São Paulo", state: .saoPaulo))
        let draft = PersonDraft(
            person: person, debts: [Self.debt, Self.debt],
            access: access("person.create"))
        let debts = try await services.persons.create([draft])[0].get().debtIDs
        try await pay(debts[0], "1", index)
        try await grant("Banco Exemplar", index)
        try await ask(index)
        return debts
    }

    func pay(_ debtID: RecordID, _ number: String, _ index: Int, cents: Int64 = 5) async throws {
        let payment = Payment(
            paymentID: number, dueDate: Self.parse("2026-01-10"), amount: Money(cents: 10),
            paid: PaidAmount(day: Self.parse("2026-01-09"), amount: Money(cents: cents)))
        _ = try await services.payments.record([
            write(PaymentEntry(debtID: debtID, payment: payment), index, "debt.recordPayment")
        ])[0].get()
    }

    func grant(_ requester: String, _ index: Int) async throws {
        let grant = ConsentGrant(requester: requester, purpose: .creditProtection)
        _ = try await services.rights.grant([write(grant, index, "consent.grant", duty: .rights)])[0].get()
    }

    /// Asks for a correction, which leaves sealed details.
    func ask(_ index: Int) async throws {
        let correction = Correction(requestID: nil, action: .open(note: "Meu nome"))
        _ = try await services.rights.correct([write(correction, index, "subject.correct", duty: .rights)])[0].get()
    }

    func change(_ index: Int, _ name: String) async throws -> Int64 {
        try await services.persons.update([write(PersonPatch(name: .set(name)), index, "person.update")])[0].get()
            .version
    }

    func add(_ index: Int) async throws -> RecordID {
        try await services.debts.write([write(DebtEdit.add(Self.debt), index, "debt.add")])[0]
            .get().debtIDs[0]
    }

    /// All that base A gives out of a person, as text.
    func told(_ index: Int) async throws -> String {
        let read = SubjectRead(cpf: Self.cpfs[index], access: access("person.get", .dataSubjectRequest, duty: .rights))
        let view = try await services.persons.read([read])[0].get().value
        let person = view.person
        var text = "\(person.cpf.text) \(person.name) \(person.surname ?? "-") \(person.birthDate.text) "
        text += "\(person.address?.street ?? "-") \(view.version) \(view.createdAt) \(view.updatedAt)"
        for debt in view.debts {
            text += " \(debt.debtID) \(debt.debt.creditor) \(debt.debt.amount.cents) \(debt.version)"
            let page = PaymentsRequest(person: read, debtID: debt.debtID, before: nil, limit: 10)
            for payment in try await services.payments.list([page])[0].get().value.page.items {
                text +=
                    " \(payment.payment.paymentID) \(payment.payment.paid?.amount.cents ?? 0) \(payment.version)"
            }
        }
        let page = PageRequest<RecordID>(cpf: Self.cpfs[index], access: read.access, before: nil, limit: 50)
        for consent in try await services.rights.consents([page])[0].get().items {
            text += " \(consent.requester) \(consent.grantedAt)"
        }
        let due = DueRequest(
            access: access("subject.requests", .dataSubjectRequest, duty: .rights), state: .all, after: nil,
            limit: 100)
        for request in try await services.rights.requests([due])[0].get().items where request.cpf == Self.cpfs[index] {
            text += " \(request.note ?? "-")"
        }
        return text
    }

    func record(_ index: Int) async throws -> PersonRecord? {
        try await store.read([token(index)], audit: [])[0]
    }

    func sealed(_ index: Int) async throws -> SealedSubject {
        SealedSubject(
            person: try #require(try await record(index)), parts: try await store.sealedParts(of: [token(index)])[0]
        )
    }
}

/// A person with all that is sealed under the person's data key.
struct SealedSubject {
    var person: PersonRecord
    var parts: SealedParts

    var values: [Sealed] {
        [person.identity, person.address, person.state].compactMap(\.self) + person.debts.map(\.details)
            + parts.payments.map(\.details) + parts.consents.map(\.details) + parts.requests.map(\.details)
    }

    /// What a store is asked for to have these values under another key; the sealed values are no real ones.
    var reseal: SubjectReseal {
        var new = person
        new.dataKey = Sample.dataKey(77)
        new.identity = Sample.sealed(70)
        return SubjectReseal(former: person, formerParts: parts, person: new, parts: parts)
    }
}
