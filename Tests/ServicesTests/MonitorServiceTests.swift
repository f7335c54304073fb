import Bureau
import MemoryStores
import Repositories
import Testing
import Vault

@testable import Services

@Suite("Monitoring of a model from kept inputs")
struct MonitorServiceTests {
    /// Income below and from 1000, housing owned or not.
    private static func card(_ model: String) throws -> Scorecard {
        let missing = MissingPoints(AttributePoints(5))
        return try Scorecard(
            model: model, version: 1, basePoints: 100,
            characteristics: [
                ScoredCharacteristic(
                    name: "income", baseline: 50,
                    table: .bins([
                        PointsBin(from: nil, to: 1000, AttributePoints(0)),
                        PointsBin(from: 1000, to: nil, AttributePoints(50)),
                    ]), missing: missing),
                ScoredCharacteristic(
                    name: "housing", baseline: 20,
                    table: .categories([PointsCategory(values: ["own"], AttributePoints(20))]),
                    other: AttributePoints(0), missing: missing),
            ])
    }

    private static func instant(_ second: Int) -> Instant {
        Instant(secondsSinceEpoch: 1_700_000_000 + Int64(second), microseconds: 0)
    }

    /// The baseline is the first thousand seconds, the window the second one.
    private static let window = InstantSpan(from: instant(1000), to: instant(2000))

    private func request(_ model: String? = nil) -> MonitorRequest {
        MonitorRequest(
            access: Sample.write("model.monitor"), model: model, window: Self.window, baseline: nil)
    }

    /// Keeps a score a second: `values` gives income and housing by the number of the score. Those of earlier releases
    /// are not hidden.
    private func keep(
        _ model: ServedModel, in bureau: TestBureau, from start: Int, count: Int, hidden: Bool = true,
        _ values: (Int) -> (income: CharacteristicValue, housing: CharacteristicValue)
    ) async throws {
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        let token = try bureau.token(Sample.cpfs[0], in: .b)
        let vault = try bureau.vault(.b)
        let scores = (0..<count).map { number -> NewScore in
            let at = Self.instant(start + number)
            let value = values(number)
            let inputs = [value.income, value.housing]
            let packed = PackedScore(
                asOf: at, model.identity, model.card.score(inputs),
                inputs: model.card.characteristics.map { InputName($0.name) }, values: inputs, shadows: [])
            let id = RecordID.make(at: at, random: UInt64(number))
            let pads = vault.withSession { $0.scorePads(id, of: token) }
            return NewScore(
                scoreID: hidden ? id.hidden(by: pads.id) : id, token: token, computedAt: hidden ? at.startOfDay : at,
                packed: packed.bytes, expiresAt: at)
        }
        _ = try await bureau.profiles.append(scores)
    }

    private func monitored(_ bureau: TestBureau, _ model: String? = nil) async throws -> ModelMonitor {
        try await bureau.services.monitor.monitor(request(model)).get()
    }

    @Test("two spans of one population are within chance, and another population is beyond it")
    func shift() async throws {
        let model = try Sample.model(Self.card("watched"), hash: 9)
        let same = try TestBureau(ServedModels(champion: model))
        for start in [0, 1000] {
            try await keep(model, in: same, from: start, count: 900) { number in
                (.number(number % 3 == 0 ? 500 : 2000), number % 2 == 0 ? .category("own") : .category("rent"))
            }
        }
        let quiet = try await monitored(same)
        #expect(quiet.window.count == 900 && quiet.baseline.count == 900)
        #expect(try #require(quiet.stability).value == 0)
        #expect(quiet.characteristics.map(\.name) == ["income", "housing"])
        #expect(quiet.characteristics.allSatisfy { $0.stability?.reading == .withinChance })

        let moved = try TestBureau(ServedModels(champion: model))
        try await keep(model, in: moved, from: 0, count: 900) { number in
            (.number(number % 3 == 0 ? 500 : 2000), .category("own"))
        }
        try await keep(model, in: moved, from: 1000, count: 900) { number in
            (.number(number % 3 == 0 ? 2000 : 500), number % 10 == 0 ? .missing(.truncated) : .category("own"))
        }
        let shifted = try await monitored(moved)
        #expect(try #require(shifted.stability).reading == .large)
        #expect(shifted.characteristics.first?.stability?.reading == .large)
        #expect(shifted.characteristics.last?.missing.first { $0.reason == .truncated }?.share == 0.1)
    }

    @Test("scores that are hidden within their day count in the span that they are of, as former ones do")
    func hidden() async throws {
        let model = try Sample.model(Self.card("watched"), hash: 9)
        let bureau = try TestBureau(ServedModels(champion: model))
        for hidden in [true, false] {
            try await keep(model, in: bureau, from: -500, count: 3000, hidden: hidden) { _ in
                (.number(1), .category("own"))
            }
        }
        let monitor = try await monitored(bureau)
        #expect(monitor.baseline.count == 2000 && monitor.window.count == 2000)
    }

    @Test("spans with fewer than a hundred scores are counted and not compared; other cards' scores do not count")
    func few() async throws {
        let model = try Sample.model(Self.card("watched"), hash: 9)
        let former = try Sample.model(Self.card("watched"), hash: 8)
        let bureau = try TestBureau(ServedModels(champion: model))
        try await keep(model, in: bureau, from: 0, count: 500) { _ in (.number(1), .category("own")) }
        try await keep(model, in: bureau, from: 1000, count: 99) { _ in (.number(1), .category("own")) }
        try await keep(former, in: bureau, from: 1200, count: 300) { _ in (.number(1), .category("own")) }
        let monitor = try await monitored(bureau)
        #expect(monitor.baseline.count == 500 && monitor.window.count == 99)
        #expect(monitor.stability == nil)
        #expect(monitor.characteristics.allSatisfy { $0.stability == nil && $0.missing.isEmpty })
    }

    @Test("a span with more scores than the limit is compared by those before it, and said to be incomplete")
    func limit() async throws {
        let model = try Sample.model(Self.card("watched"), hash: 9)
        let models = ServedModels(champion: model)
        let bureau = try TestBureau(models)
        try await keep(model, in: bureau, from: 1000, count: 900) { _ in (.number(1), .category("own")) }
        for (limit, isComplete) in [(300, false), (900, true)] {
            let monitor = try await MonitorService(
                repository: bureau.profiles, vault: try bureau.vault(.b), models: models, trail: bureau.trail,
                scoreLimit: limit
            ).monitor(request()).get()
            #expect(monitor.window.count == limit && monitor.window.isComplete == isComplete)
        }
    }

    @Test("each question is recorded, and a model that is not served is not found")
    func recorded() async throws {
        let bureau = try TestBureau(ServedModels(champion: try Sample.model(Self.card("watched"), hash: 9)))
        let before = bureau.journal.records.count
        _ = try await monitored(bureau, "watched")
        #expect(bureau.journal.records.count == before + 1)
        #expect(bureau.journal.records.last?.method == "model.monitor")
        await #expect(throws: ServiceError.notFound) { try await monitored(bureau, "unknown") }
    }
}
