import Bureau
import MemoryStores
import Repositories
import Services
import Synchronization
import Testing

@testable import Vault

/// Scores by the service over every store of base B, which has of each the day alone.
@Suite("Base B: scores that are hidden within their day")
struct HiddenScoreTests {
    private static let cpf: CPF = parse("52998224725")

    private static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }

    private static func access(_ method: String, _ purpose: Purpose? = .creditProtection) -> Access {
        Access(method: method, purpose: purpose, groups: .all)
    }

    private struct Scoring: Sendable {
        let store: any ProfileRepository
        let services: BureauServices

        /// The clock goes on by 17 minutes with each reading.
        init(_ driver: Driver<ProfilePlace>) async throws {
            store = try await driver.makePlace().open()
            func vault(_ base: Base, _ byte: UInt8) throws -> BaseVault {
                let secret = { (byte: UInt8) in
                    SecretKey { $0.copyBytes(from: [UInt8](repeating: byte, count: 32)) }
                }
                return try BaseVault(
                    ring: #require(KeyRing(base: base, tokenSecret: secret(byte), wrappingSecrets: [1: secret(9)])))
            }
            let start: Instant = parse("2026-11-28T20:00:00Z")
            let ticks = Mutex(Int64(0))
            let now: @Sendable () -> Instant = {
                let tick = ticks.withLock { ticks in
                    ticks += 1
                    return ticks
                }
                return Instant(secondsSinceEpoch: start.microsecondsSinceEpoch / 1_000_000 + tick * 1020)
            }
            let stamps = Stamps(now: now, random: Stamps.system.random)
            let vaultA = try vault(.a, 1)
            let (actor, journal) = (Actor(name: "test", role: .owner), MemoryJournal())
            let persons = MemoryPersons(auditKeys: vaultA.audit)
            let card = try Scorecard(
                model: "test", version: 1, basePoints: 0,
                characteristics: [
                    ScoredCharacteristic(
                        name: "income", baseline: 1, table: .bins([PointsBin(from: nil, to: nil, AttributePoints(1))]),
                        missing: MissingPoints(AttributePoints(1)))
                ])
            let shown = Disclosures(plain: .all)
            services = BureauServices(
                persons: persons, profiles: store, events: MemoryEvents(), vaultA: vaultA, vaultB: try vault(.b, 2),
                vaultC: try vault(.c, 3),
                control: AccessControl(
                    policy: Policy([
                        .owner: Policy.Grants(
                            reads: [.creditProtection: shown, .dataSubjectRequest: shown], changes: .all)
                    ]), actor: actor),
                trail: AuditTrail(
                    process: RecordID(high: 0, low: 0), actor: actor, keys: vaultA.audit, stamps: stamps,
                    journal: journal),
                log: AuditLog(
                    repository: persons, keys: vaultA.audit, journal: journal, witness: MemoryWitness()),
                models: ServedModels(
                    champion: try ServedModel(card, hash: [UInt8](repeating: 1, count: 32), canonical: [1])),
                stamps: stamps, eventBody: { _, _ in [] }, readBody: { _ in nil })
            let address = Address(
                postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578", complement: nil,
                district: "Bela Vista", city: "São Paulo", state: .saoPaulo)
            let profile = Profile(
                cpf: cpf, birthDate: parse("1959-01-02"), address: address, housing: nil, assets: [], incomeSources: [])
            _ = try await services.profiles.put([
                SubjectWrite(cpf: cpf, content: profile, expectedVersion: nil, access: access("profile.put"))
            ])[0].get()
        }

        func compute(_ key: UInt8? = nil) async throws -> ComputedScore {
            var request = SubjectWrite(
                cpf: cpf, content: RequestedModel(), expectedVersion: nil, access: access("score.compute"))
            request.repetition = key.map { Repetition(key: [$0], content: [1]) }
            return try await services.scores.compute([request])[0].get().value
        }

        func page(before: RecordID?, limit: Int) async throws -> Page<ComputedScore> {
            let request = PageRequest(
                cpf: cpf, access: access("score.history"), before: before, limit: limit)
            return try await services.scores.history([request])[0].get().value
        }

        func explained(_ scoreID: RecordID?) async throws -> ComputedScore {
            let access = access("score.explain", .dataSubjectRequest)
            let request = ExplanationRequest(cpf: cpf, access: access, scoreID: scoreID)
            return try await services.scores.explain([request])[0].get().value.score
        }
    }

    @Test(
        "a history has the scores of some days in their order, page after page; each is explained, repeated and counted",
        arguments: Driver<ProfilePlace>.all)
    func history(driver: Driver<ProfilePlace>) async throws {
        let scoring = try await Scoring(driver)
        var computed: [ComputedScore] = []
        for number in 1...60 { computed.append(try await scoring.compute(number % 10 == 0 ? UInt8(number) : nil)) }
        let days = Set(computed.map { $0.computedAt.startOfDay }).count
        #expect(days > 2 && days < 10)
        let newestFirst = Array(computed.reversed())

        var (told, before): ([ComputedScore], RecordID?) = ([], nil)
        while true {
            let page = try await scoring.page(before: before, limit: 7)
            told += page.items
            guard page.hasMore, let last = page.items.last?.scoreID else { break }
            before = last
        }
        #expect(told == newestFirst)
        #expect(try await scoring.explained(nil) == newestFirst[0])
        for number in [0, 20, 59] {
            #expect(try await scoring.explained(computed[number].scoreID) == computed[number])
        }
        for number in [10, 60] { #expect(try await scoring.compute(UInt8(number)) == computed[number - 1]) }
        #expect(try await scoring.page(before: nil, limit: 1).items == [newestFirst[0]])

        let span = InstantSpan(from: computed[20].computedAt, to: computed[50].computedAt)
        let monitor = MonitorRequest(access: Self.access("model.monitor"), model: nil, window: span, baseline: nil)
        #expect(try await scoring.services.monitor.monitor(monitor).get().window.count == 30)
        let all = InstantSpan(from: .first, to: .last)
        for kept in try await scoring.store.scores(in: all, after: nil, limit: 100).scores {
            #expect(kept.scoreID.isHidden && kept.computedAt == kept.computedAt.startOfDay)
        }
    }
}
