import Bureau
import MemoryStores
import Repositories
import Services
import Synchronization
import Testing

@testable import Vault

@Suite("Extraction of features")
struct FeatureExtractionTests {
    private let bureau: TestBureau
    /// Later than all that the tests record.
    private static let later: Instant = Sample.parse("2030-01-01T00:00:00Z")

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.persons.create([
            Sample.draft(0, debts: [Sample.debt]), Sample.draft(1), Sample.draft(2),
        ])
        _ = await bureau.services.profiles.put([0, 1, 3].map { SubjectWrite(Sample.profile($0), of: $0) })
    }

    private func plan(
        _ study: String = "study", of names: [CharacteristicName] = [.income, .housing, .openDebts],
        asOf: Instant = later, purpose: Purpose = .creditProtection, labels: [SubjectLabel]? = nil,
        cells: Bool = false
    ) throws -> ExtractionPlan {
        ExtractionPlan(
            study: try StudyKey(of: study, in: .fixed(.b, byte: 0x22)), asOf: asOf, purpose: purpose,
            characteristics: names, labels: labels, hasCells: cells)
    }

    private func extract(
        _ plan: ExtractionPlan, from other: TestBureau? = nil, segments: Int = 3, parallel: Int = 2,
        onRetry: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) async throws -> (rows: [FeatureRow], tally: ExtractionTally, progress: ExtractionProgress) {
        let taken = Mutex(
            (rows: [FeatureRow](), tally: ExtractionTally(), progress: ExtractionProgress(segments: segments)))
        try await (other ?? bureau).services.extraction.run(
            plan, from: ExtractionProgress(segments: segments), parallel: parallel,
            pace: ReadPace(unitsPerSecond: nil), onRetry: onRetry
        ) { portion in
            taken.withLock { taken in
                taken.rows += portion.rows.compactMap { FeatureRow($0) }
                taken.tally += portion.tally
                taken.progress.took(portion)
            }
        }
        var result = taken.withLock { $0 }
        result.rows.sort { $0.name < $1.name }
        return result
    }

    @Test("base B alone is walked for its characteristics, and base A for those of several bases")
    func sources() async throws {
        let inBaseB = try await extract(plan(of: [.income, .housing]))
        #expect(inBaseB.rows.count == 3 && inBaseB.tally.rows == 3 && inBaseB.progress.isDone)
        #expect(inBaseB.rows.allSatisfy { $0.values == [.number(620_100), .category("own")] })
        let inAll = try await extract(plan())
        #expect(inAll.rows.count == 3 && inAll.progress.isDone)
        let values = Set(inAll.rows.map(\.values))
        #expect(
            values == [
                [.number(620_100), .category("own"), .number(1)], [.number(620_100), .category("own"), .number(0)],
                [.missing(.noRecord), .missing(.noRecord), .number(0)],
            ])
        let common = Set(inBaseB.rows.map(\.name)).intersection(inAll.rows.map(\.name))
        #expect(common.count == 2, "a person has one name in a study, wherever the walk begins")
    }

    @Test("no name of one study is one of another")
    func studies() async throws {
        let first = try await extract(plan("first"))
        let second = try await extract(plan("second"))
        #expect(Set(first.rows.map(\.name)).isDisjoint(with: second.rows.map(\.name)))
        #expect(Set(first.rows.map(\.values)) == Set(second.rows.map(\.values)))
    }

    @Test("the rows are the same for any number of segments", arguments: [1, 2, 7, 64])
    func segments(_ count: Int) async throws {
        #expect(try await extract(plan(), segments: count).rows == extract(plan(), segments: 1, parallel: 1).rows)
        let ofBaseB = try plan(of: [.income])
        #expect(try await extract(ofBaseB, segments: count).rows == extract(ofBaseB, segments: 1, parallel: 1).rows)
    }

    @Test("who was recorded after the instant has no row")
    func past() async throws {
        let result = try await extract(plan(asOf: .first))
        #expect(result.rows.isEmpty && result.tally.recordedLater == 3)
        let inBaseB = try await extract(plan(of: [.income], asOf: .first))
        #expect(inBaseB.rows.isEmpty && inBaseB.tally.recordedLater == 3)
    }

    @Test("labelled people have a row for each label, as of its instant, and others none")
    func labels() async throws {
        let labels = [
            SubjectLabel(cpf: Sample.cpfs[0], asOf: nil, isBad: true),
            SubjectLabel(cpf: Sample.cpfs[1], asOf: .first, isBad: false),
        ]
        let result = try await extract(plan(labels: labels))
        #expect(result.rows.count == 1 && result.rows[0].isBad == true && result.tally.recordedLater == 1)
    }

    @Test("what base B charges is told of every walk that reads it by subjects")
    func charges() async throws {
        func units(_ plan: ExtractionPlan) async throws -> Double {
            let sum = Mutex(0.0)
            try await bureau.services.extraction.run(
                plan, from: ExtractionProgress(segments: 2), parallel: 2, pace: ReadPace(unitsPerSecond: 1e9)
            ) { portion in sum.withLock { $0 += portion.readUnits } }
            return sum.withLock { $0 }
        }
        #expect(try await units(plan()) == 3)
        #expect(try await units(plan(of: [.openDebts])) == 0)
        let labels = Sample.cpfs.prefix(2).map { SubjectLabel(cpf: $0, asOf: nil, isBad: true) }
        #expect(try await units(plan(of: [.income], labels: labels)) == 2)
    }

    @Test("whose data are blocked or whose register is closed has no row, wherever the walk begins")
    func hidden() async throws {
        _ = await bureau.services.blocks.change([
            BlockRequest(
                cpf: Sample.cpfs[0], isBlocked: true,
                access: Access(method: "subject.block", groups: [], duty: .rights))
        ])
        let token = try bureau.token(Sample.cpfs[1], in: .a)
        let request = RequestRecord(
            requestID: RecordID(high: 1, low: 1), token: token, kind: .cadastroCancel, receivedAt: .first,
            lateFrom: .last)
        _ = try await bureau.persons.write([CadastroChange(token: token, isCancelled: true, request: request)])
        for names in [[CharacteristicName.income], [.income, .openDebts]] {
            let result = try await extract(plan(of: names))
            #expect(result.rows.count == 1 && result.tally.blocked == 1 && result.tally.closed == 1, "\(names)")
            let ordered = try await extract(plan(of: names, purpose: .judicialOrder))
            #expect(ordered.rows.count == 3 && ordered.tally.blocked == 0 && ordered.tally.closed == 0)
        }
    }

    @Test("whose erasure waits for base B has no row, for no purpose")
    func erasing() async throws {
        await bureau.profiles.fail(with: .unavailable(.b, .test, retryAfterMilliseconds: 1))
        let access = Access(method: "subject.erase", groups: [], duty: .rights)
        let request = ErasureRequest(cpf: Sample.cpfs[0], reason: .subjectRequest, access: access)
        #expect(try await bureau.services.erasures.erase([request])[0].get().pending == [.b])
        await bureau.profiles.fail(with: nil)
        let walked = try await extract(plan(of: [.income], purpose: .judicialOrder))
        #expect(walked.rows.count == 2 && walked.tally.blocked == 1)
        let labels = [SubjectLabel(cpf: Sample.cpfs[0], asOf: nil, isBad: true)]
        let labelled = try await extract(plan(of: [.income], purpose: .judicialOrder, labels: labels))
        #expect(labelled.rows.isEmpty && labelled.tally.blocked == 1)
    }

    @Test("of whom something was overwritten since the instant has no row: the change may be the outcome")
    func overwritten() async throws {
        let asOf = Instant(secondsSinceEpoch: 1_800_000_000, microseconds: 50_000)
        for _ in 0..<60 { _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)]) }
        let past = try await extract(plan(of: [.income], asOf: asOf))
        #expect(past.rows.count == 2 && past.tally.overwrittenSince == 1 && past.tally.notKnownThen == 0)
        #expect(past.tally.met == 3)
        let other = try await extract(plan(of: [.inquiries30], asOf: asOf))
        #expect(other.tally.overwrittenSince == 0, "what is not asked for hides nobody")
    }

    @Test("an age is the lower end of five years, and a minor has no row")
    func ages() async throws {
        var young = Sample.profile(2)
        young.birthDate = Sample.parse("2015-03-01")
        _ = await bureau.services.profiles.put([SubjectWrite(young, of: 2)])
        let result = try await extract(plan(of: [.age]))
        #expect(result.rows.map(\.values) == Array(repeating: [.number(70)], count: 3))
        #expect(result.tally.unscorable == 1)
    }

    @Test("whom base A knows as a minor or as deceased has no row, as nobody computes their scores")
    func unscorable() async throws {
        var minor = Sample.person(3)
        minor.birthDate = Sample.parse("2015-03-01")
        _ = await bureau.services.persons.create([
            PersonDraft(person: minor, debts: [], access: Sample.write("person.create"))
        ])
        let deceased = try TestBureau()
        var person = Sample.person(0)
        person.registration = Registration(status: .deceased, checkedOn: Sample.parse("2027-01-21"))
        for bureau in [bureau, deceased] {
            _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(3), of: 3)])
        }
        _ = await deceased.services.persons.create([
            PersonDraft(person: person, debts: [], access: Sample.write("person.create"))
        ])
        let labels = [0, 3].map { SubjectLabel(cpf: Sample.cpfs[$0], asOf: nil, isBad: false) }
        for labels in [nil, labels] {
            let ofMinor = try await extract(plan(labels: labels))
            #expect(ofMinor.tally.unscorable == 1 && ofMinor.tally.met == (labels == nil ? 4 : 2))
            let ofDeceased = try await extract(plan(labels: labels), from: deceased)
            #expect(ofDeceased.tally.unscorable == 1 && ofDeceased.tally.met == (labels == nil ? 1 : 2))
            // A death that was looked up later was not known then.
            let before = try await extract(
                plan(asOf: Sample.parse("2027-01-20T12:00:00Z"), labels: labels), from: deceased)
            #expect(before.tally.unscorable == 0 && before.tally.rows == (labels == nil ? 1 : 2))
        }
    }

    @Test("an event of which nobody kept when it was recorded counts as of now, and not as of an instant that is named")
    func undated() async throws {
        let asOf = Instant(secondsSinceEpoch: 1_800_000_000, microseconds: 50_000)
        // Lets the clock of the tests pass the instant, as a walk does that takes its time.
        for _ in 0..<60 { _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(3), of: 3)]) }
        let token = try bureau.token(Sample.cpfs[0], in: .c)
        _ = try await bureau.events.record([
            EventRecord(
                token: token, kind: .bureauQuery, occurredAt: Sample.parse("2027-01-10T12:00:00Z"),
                eventID: EventID(RecordID(high: 1, low: 1)), body: [])
        ])
        var plan = try plan(of: [.inquiries30], asOf: asOf)
        let past = try await extract(plan)
        #expect(past.rows.count { $0.values == [.missing(.notKnownThen)] } == 1 && past.tally.notKnownThen == 1)
        plan.isOfNow = true
        let present = try await extract(plan)
        #expect(present.rows.count { $0.values == [.number(1)] } == 1 && present.tally.notKnownThen == 0)
    }

    @Test("subjects of whom a former copy was put back are left out, and counted", arguments: [Base.a, .b])
    func putBack(base: Base) async throws {
        let other = try TestBureau(floors: MemoryFloors())
        _ = await other.services.persons.create([0, 1].map { Sample.draft($0, debts: [Sample.debt]) })
        _ = await other.services.profiles.put([0, 1].map { SubjectWrite(Sample.profile($0), of: $0) })
        let (person, profile) = (
            try other.token(Sample.cpfs[1], in: .a), try other.token(Sample.cpfs[1], in: .b)
        )
        let formerPerson = try #require(await other.persons.records[person])
        let formerProfile = try #require(await other.profiles.records[profile])
        _ = await other.services.persons.update([SubjectWrite(PersonPatch(name: .set("Ana")), of: 1)])
        _ = await other.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1)])
        #expect(try await extract(plan(), from: other).tally.rows == 2)
        switch base {
        case .a: await other.persons.putBack(formerPerson)
        case .b, .c: await other.profiles.damage(profile) { $0 = formerProfile.content }
        }
        let result = try await extract(plan(), from: other)
        #expect(result.tally.rows == 1 && result.tally.unreadable == 1)
    }

    @Test("a store that is away is asked again, and the extraction tells why")
    func retries() async throws {
        let failure = StoreError.unavailable(.b, .test, retryAfterMilliseconds: 0)
        await bureau.profiles.fail(with: failure)
        let told = Mutex([StoreError]())
        let profiles = bureau.profiles
        let result = try await extract(plan(of: [.income]), segments: 1, parallel: 1) { error in
            told.withLock { $0.append(error) }
            Task { await profiles.fail(with: nil) }
        }
        #expect(result.rows.count == 3)
        #expect(Set(told.withLock { $0 }) == [failure])
    }

    @Test("a row reads back as it was written, whatever its values")
    func rowBytes() throws {
        var row = FeatureRow(name: StudyName(high: 1 << 63, low: 7), asOf: Self.later, isBad: true, values: [])
        for exponent in 0..<53 {
            for sign in [1.0, -1.0] {
                row.values += [-1.0, 0, 1].map { .number(sign * Double(1 << exponent) + $0) }
            }
        }
        row.values += MissingReason.allCases.map { .missing($0) } + [.category("own"), .category("")]
        var bytes: [UInt8] = []
        row.append(to: &bytes)
        #expect(FeatureRow(bytes[...]) == row)
        #expect(FeatureRow(bytes.dropLast(1)) != row)
        #expect(FeatureRow(bytes.prefix(20)) == nil)
    }
}
