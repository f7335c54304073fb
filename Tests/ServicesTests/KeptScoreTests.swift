import Bureau
import MemoryStores
import Repositories
import Testing
import Vault

@testable import Services

@Suite("What is kept of scores")
struct KeptScoreTests {
    private static func card(
        _ model: String, version: Int = 1, _ names: [CharacteristicName], role: Scorecard.Role = .champion
    ) throws -> Scorecard {
        let names = names.filter { $0 != .age }
        return try Scorecard(
            model: model, version: version, role: role, requiresConsent: true, basePoints: 300,
            characteristics: names.map { name in
                let missing = MissingPoints(AttributePoints(3, reason: ReasonText(english: "\(name) is not told")))
                if name == .housing {
                    return ScoredCharacteristic(
                        name: name.rawValue, baseline: 40,
                        table: .categories([PointsCategory(values: ["own"], AttributePoints(40))]),
                        other: AttributePoints(7), missing: missing)
                }
                return ScoredCharacteristic(
                    name: name.rawValue, baseline: 60,
                    table: .bins([
                        PointsBin(from: nil, to: 2.5, AttributePoints(60)),
                        PointsBin(
                            from: 2.5, to: nil,
                            AttributePoints(11, reason: ReasonText(code: "\(name)", english: "\(name) is low"))),
                    ]), missing: missing)
            })
    }

    /// A champion over all bases with two shadows, which share some of its characteristics.
    private static func models() throws -> ServedModels {
        ServedModels(
            champion: try Sample.model(card("all", CharacteristicName.allCases.filter { $0 != .income }), hash: 1),
            shadows: [
                try Sample.model(card("small", [.overdueDebts, .income], role: .shadow), hash: 2),
                try Sample.model(card("other", version: 4, [.income, .housing], role: .shadow), hash: 3),
            ])
    }

    private func debt(_ status: DebtStatus, due: String) -> Debt {
        var debt = Sample.debt
        debt.status = status
        debt.dueDate = Sample.parse(due)
        return debt
    }

    @Test("every kept score, and those of its shadows, can be computed again from its inputs and its card")
    func recomputes() async throws {
        let models = try Self.models()
        let bureau = try TestBureau(models)
        for index in 0..<3 {
            _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(index), of: index)])
        }
        let overdue = (0..<3).map { _ in debt(.overdue, due: "2022-01-02") }
        _ = await bureau.services.persons.create([Sample.draft(0, debts: overdue), Sample.draft(1)])
        _ = await bureau.services.events.record(
            (0..<4).map { number in
                Sample.event(0, id: "query-\(number)", at: "2023-11-01T12:00:00Z", kind: .bureauQuery)
            })
        let answers = try await bureau.score(0, 1, 2, 0).map { try $0.get() }
        let kept = try await bureau.keptScores()
        #expect(kept.count == 4)
        let cards = Dictionary(uniqueKeysWithValues: models.all.map { ($0.identity, $0.card) })
        for score in kept {
            let packed = try #require(score.packed)
            let answer = try #require(answers.first { $0.scoreID == score.record.scoreID })
            let card = try #require(cards[packed.model])
            let again = card.score(try #require(packed.values(for: card)))
            #expect(again == answer.score && again.rawScore == packed.rawScore)
            #expect(packed.asOf == answer.asOf && packed.model.hash == answer.modelHash)
            #expect(packed.shadows.count == 2)
            for shadow in packed.shadows {
                let card = try #require(cards[shadow.model])
                #expect(card.score(try #require(packed.values(for: card))).rawScore == shadow.rawScore)
            }
        }
    }

    @Test("a history tells each score with its reasons' texts, as it was answered")
    func history() async throws {
        let bureau = try TestBureau(Self.models())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        let answers = try await bureau.score(0, 0).map { try $0.get() }
        let request = PageRequest<RecordID>(
            cpf: Sample.cpfs[0], access: Sample.request(0, "score.history").access, before: nil, limit: 10)
        let page = try await bureau.services.scores.history([request])[0].get().value
        #expect(page.items == answers.reversed())
        #expect(answers[0].score.reasons.allSatisfy { $0.reason?.english != nil })
    }

    @Test("a preview tells the same and keeps nothing, by any card that is served")
    func preview() async throws {
        let bureau = try TestBureau(Self.models())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        let score = try await bureau.score(0)[0].get()
        var request = Sample.scoring(of: 0)
        let preview = try await bureau.services.scores.preview([request])[0].get().value
        #expect(preview.score == score.score && preview.scoreID == nil && preview.modelHash == score.modelHash)
        request.content = RequestedModel("other")
        #expect(try await bureau.services.scores.preview([request])[0].get().value.score.version == 4)
        request.content = RequestedModel("none")
        #expect(await bureau.services.scores.preview([request]).map(\.failure) == [.notFound])
        #expect(await bureau.profiles.history.count == 1)
    }

    @Test("a preview names a shadow that is the next version of the champion's name by its version")
    func previewOfVersion() async throws {
        let bureau = try TestBureau(
            ServedModels(
                champion: try Sample.model(Self.card("card", version: 1, [.housing]), hash: 1),
                shadows: [try Sample.model(Self.card("card", version: 2, [.income], role: .shadow), hash: 2)]))
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        func preview(_ name: String?, _ version: Int?) async -> Result<Int, ServiceError> {
            var request = Sample.scoring(of: 0)
            request.content = RequestedModel(name, version: version)
            return await bureau.services.scores.preview([request])[0].map(\.value.score.version)
        }
        #expect(await preview("card", nil) == .success(1))
        #expect(await preview("card", 2) == .success(2))
        #expect(await preview(nil, 2) == .success(2))
        #expect(await preview("card", 3) == .failure(.notFound))
        var request = Sample.scoring(of: 0)
        request.content = RequestedModel("card", version: 2)
        #expect(await bureau.services.scores.compute([request]).map(\.failure) == [.notFound])
    }

    @Test("a shadow's name is no name to keep a score by")
    func shadowIsNotAnswered() async throws {
        let bureau = try TestBureau(Self.models())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        var request = Sample.scoring(of: 0)
        request.content = RequestedModel("other")
        #expect(await bureau.services.scores.compute([request]).map(\.failure) == [.notFound])
        #expect(await bureau.profiles.history.isEmpty)
    }

    @Test("shadows that read more than the champion have no part, so that they widen no access")
    func widerShadow() async throws {
        let bureau = try TestBureau(
            ServedModels(
                champion: try Sample.model(Self.card("b", [.income, .housing]), hash: 1),
                shadows: [
                    try Sample.model(Self.card("a", [.overdueDebts], role: .shadow), hash: 2),
                    try Sample.model(Self.card("income", [.income], role: .shadow), hash: 3),
                ]))
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        _ = try await bureau.score(0)[0].get()
        let packed = try #require(try await bureau.keptScores()[0].packed)
        #expect(packed.shadows.map(\.model.name) == ["income"])
    }

    @Test("base B tells the day of a score, and no moment in its row, its receipt or when it goes")
    func moments() async throws {
        let bureau = try TestBureau(Self.models())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        var request = Sample.scoring(of: 0)
        request.repetition = Repetition(key: [1], content: [2])
        let answer = try await bureau.services.scores.compute([request])[0].get().value
        let (scoreID, day) = (try #require(answer.scoreID), answer.computedAt.startOfDay)
        let new = try #require(await bureau.profiles.appended.first)
        #expect(new.computedAt == day && new.scoreID.isHidden && new.scoreID.instant?.startOfDay == day)
        #expect(new.scoreID.instant != answer.computedAt && new.expiresAt == new.expiresAt.startOfDay)
        #expect(new.expiresAt > ScoreRetention().end(of: answer.computedAt))
        let receipt = try #require(new.receipt).receipt
        #expect(receipt.at == day)
        for moment in [answer.computedAt, try #require(answer.asOf)] {
            var writer = PackedWriter(reserving: 16)
            writer.signed(moment.microsecondsSinceEpoch)
            for bytes in [new.packed, receipt.body] { #expect(!bytes.contains(writer.bytes)) }
        }
        #expect(!receipt.body.contains(withUnsafeBytes(of: scoreID.high.bigEndian, Array.init)))
        #expect(try await bureau.keptScores()[0].packed?.asOf == answer.asOf)
    }

    @Test("what is past its retention is not told, and not kept when its day is over")
    func retention() async throws {
        let bureau = try TestBureau()
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        let score = try await bureau.score(0)[0].get()
        func old(_ number: UInt64, days: Int64) throws -> NewScore {
            let microseconds = Int64(ScoreRetention.defaultDays) * 86_400_000_000 + days * 86_400_000_000 + 1_000_000
            return NewScore(
                scoreID: RecordID(high: 1, low: number), token: try bureau.token(Sample.cpfs[0], in: .b),
                computedAt: try #require(
                    Instant(microsecondsSinceEpoch: score.computedAt.microsecondsSinceEpoch - microseconds)),
                packed: [1], expiresAt: .last)
        }
        _ = try await bureau.profiles.append([old(1, days: 0), old(2, days: 1)])
        let request = PageRequest<RecordID>(
            cpf: Sample.cpfs[0], access: Sample.request(0, "score.history").access, before: nil, limit: 10)
        #expect(try await bureau.services.scores.history([request])[0].get().value.items == [score])
        // Base B does not know when on its day a score was computed.
        #expect(await bureau.services.scores.deleteExpired() == 1)
        #expect(await bureau.profiles.history.map(\.scoreID.low).contains(1))
        #expect(await bureau.profiles.history.count == 2)
    }

    @Test("a changed card under a name and version that has served keeps no score and is told")
    func changedCard() async throws {
        let bureau = try TestBureau()
        try await bureau.services.scores.register.enter()
        let changed = ServedModels(champion: try Sample.model(Sample.scorecard(), hash: 9))
        let register = ModelRegister(changed, repository: bureau.profiles, readCard: { _ in nil })
        await #expect(throws: ModelRegisterError.otherCard(name: "test", version: 3)) { try await register.enter() }
    }

    @Test("a card that reads what the purpose is not given gives no score")
    func deniedGroups() async throws {
        let bureau = try TestBureau(Self.models())
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0))])
        var request = Sample.scoring(of: 0)
        request.access.purpose = .legalObligation
        request.access.groups = .score
        #expect(await bureau.services.scores.compute([request])[0].failure != nil)
        #expect(await bureau.profiles.history.isEmpty)
    }

    @Test("a refusal names the groups that are not given, and none that are")
    func missingGroups() async throws {
        let bureau = try TestBureau(
            Self.models(), showing: FieldGroups.all.subtracting([.movements, .purchases]))
        var request = Sample.scoring(of: 0)
        request.access.groups = .score
        let failures = await bureau.services.scores.compute([request]).map(\.failure)
        #expect(failures == [.forbidden(.policy([.movements, .purchases]))])
    }

    @Test("the receipt of a score of version 0.1.0 is read")
    func formerReceipt() throws {
        var writer = FieldWriter()
        for integer in [UInt64(7), 8] { writer.integer(integer) }
        writer.integer(Int64(1_700_000_000_000_000))
        writer.text("default")
        writer.integer(Int64(1))
        writer.integer(Int64(-3))
        writer.integer(UInt8(1))
        writer.text("housing")
        writer.integer(Int32(17))
        writer.integer(Int32(160))
        writer.integer(UInt8(1))
        writer.text(Inconsistency.birthDate.rawValue)
        let token = try TestBureau().token(Sample.cpfs[0], in: .b)
        let score = try #require(
            try TestBureau().vault(.b).withSession { session in
                ComputedScore(receiptBody: writer.bytes, of: token, &session, card: { _ in nil })
            })
        #expect(score.scoreID == RecordID(high: 7, low: 8) && score.modelHash == nil && score.asOf == nil)
        #expect(score.score.rawScore == -3 && score.score.points[0].loss == 143)
        #expect(score.inconsistencies == [.birthDate])
    }
}
