import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services
@testable import Vault

/// The services over stores of bases A and B, with two persons who have a debt each.
struct PutBackBureau {
    static let cpfs: [CPF] = ["52998224725", "39053344705"].map { parse($0) }

    static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    static let address = Address(
        postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
        district: "Bela Vista", city: "São Paulo", state: .saoPaulo)

    static func access(_ method: String) -> Access { Access(method: method, groups: .all) }

    let place: PersonPlace
    let profiles: any ProfileRepository
    let services: BureauServices
    let debts: [RecordID]
    let tokens: [SubjectToken]

    init(
        _ persons: Driver<PersonPlace>, _ profiles: Driver<ProfilePlace> = .sqlite,
        floors: (any VersionFloors)? = nil
    ) async throws {
        place = try await persons.makePlace()
        self.profiles = try await profiles.makePlace().open()
        let repository = try await place.open()
        func vault(_ base: Base) throws -> BaseVault {
            func secret(_ byte: UInt8) -> SecretKey {
                SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
            }
            return try BaseVault(
                ring: #require(KeyRing(base: base, tokenSecret: secret(1), wrappingSecrets: [1: secret(2)])))
        }
        let (vaultA, vaultB, journal) = (try vault(.a), try vault(.b), MemoryJournal())
        let actor = Actor(name: "test", role: .owner)
        let card = try Scorecard(
            model: "test", version: 1, basePoints: 0,
            characteristics: [
                ScoredCharacteristic(
                    name: "income", baseline: 1,
                    table: .bins([PointsBin(from: nil, to: nil, AttributePoints(1))]),
                    missing: MissingPoints(AttributePoints(1)))
            ])
        services = BureauServices(
            persons: repository, profiles: self.profiles,
            events: try await Driver<EventPlace>.sqlite.makePlace().open(), vaultA: vaultA, vaultB: vaultB,
            vaultC: try vault(.c),
            control: AccessControl(
                policy: Policy([
                    .owner: Policy.Grants(reads: [.creditProtection: Disclosures(plain: .all)], changes: .all)
                ]), actor: actor),
            trail: AuditTrail(
                process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: .system,
                journal: journal),
            log: AuditLog(
                repository: repository, keys: vaultA.audit, journal: journal, witness: MemoryWitness()),
            floors: floors,
            models: ServedModels(
                champion: try ServedModel(card, hash: [UInt8](repeating: 1, count: 32), canonical: [])),
            stamps: .system, eventBody: { _, _ in [] }, readBody: { _ in nil })
        tokens = vaultB.tokens(of: Self.cpfs)
        var debts: [RecordID] = []
        for cpf in Self.cpfs {
            let person = Person(
                cpf: cpf, name: "Marialva", surname: "Lima", birthDate: Self.parse("1959-01-02"), phone: nil,
                email: nil,
                address: Self.address)
            let debt = Debt(
                creditor: "Banco Exemplar", creditorCNPJ: Self.parse("16727230000197"), amount: Money(cents: 642_950),
                annualInterestBasisPoints: 2400, dueDate: Self.parse("2030-06-30"), status: .open)
            let draft = PersonDraft(person: person, debts: [debt], access: Self.access("person.create"))
            debts += try await services.persons.create([draft])[0].get().debtIDs
        }
        self.debts = debts
    }

    func write(_ index: Int, cents: Int64) async throws {
        let patch = PersonPatch(surname: .set("Lima \(cents)"))
        _ = try await services.persons.update([
            SubjectWrite(
                cpf: Self.cpfs[index], content: patch, expectedVersion: nil,
                access: Self.access("person.update"))
        ])[0].get()
    }

    func pay(_ index: Int, cents: Int64) async throws {
        let payment = Payment(
            paymentID: "1", dueDate: Self.parse("2026-01-10"), amount: Money(cents: 10),
            paid: PaidAmount(day: Self.parse("2026-01-09"), amount: Money(cents: cents)))
        _ = try await services.payments.record([
            SubjectWrite(
                cpf: Self.cpfs[index], content: PaymentEntry(debtID: debts[index], payment: payment),
                expectedVersion: nil, access: Self.access("debt.recordPayment"))
        ])[0].get()
    }

    func put(_ index: Int, value: Int64) async throws {
        let profile = Profile(
            cpf: Self.cpfs[index], birthDate: Self.parse("1959-01-02"), address: Self.address,
            assets: [Asset(kind: .savings, value: Money(cents: value))])
        _ = try await services.profiles.put([
            SubjectWrite(
                cpf: Self.cpfs[index], content: profile, expectedVersion: nil,
                access: Self.access("profile.put"))
        ])[0].get()
    }

    func findings() async throws -> WriteFindings {
        var check = try #require(services.erasures.writes)
        check.carrying = .zero
        return try await check.findings()
    }

    func tamper(_ statements: String...) async throws { try await place.tamper(statements) }
}
