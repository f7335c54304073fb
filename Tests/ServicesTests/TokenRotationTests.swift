import Bureau
import Repositories
import Synchronization
import Testing

@testable import Services
@testable import Vault

/// What a change of the token key must not loosen: erasures and blocks.
@Suite("Token rotation")
struct TokenRotationTests {
    /// A clock that stands before the change until a test lets it go on, by 50 ms with each reading.
    private final class Clock: Sendable {
        private let now = Mutex((at: Instant(secondsSinceEpoch: 0), stepMicroseconds: Int64(0)))

        @Sendable func read() -> Instant {
            now.withLock { now in
                now.at = now.at.later(by: now.stepMicroseconds)
                return now.at
            }
        }

        /// Goes on from `seconds` before the change.
        func run(from seconds: Int64) {
            now.withLock { $0 = (BaseVault.tokenKeySince.later(by: -1_000_000 * seconds), 50_000) }
        }
    }

    private let clock = Clock()

    private func bureau(rotating base: Base) async throws -> TestBureau {
        let bureau = try TestBureau(rotating: (base, clock.read))
        _ = await bureau.services.persons.create([Sample.draft(0)])
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)])
        _ = await bureau.services.events.record([Sample.event(0, id: "m", at: "2026-01-01T00:00:00Z")])
        return bureau
    }

    @Test("an erasure that waits for another token key erases what that key moves", arguments: Base.allCases)
    func erasure(base: Base) async throws {
        let bureau = try await bureau(rotating: base)
        let cpf = Sample.person(0).cpf
        let former = try bureau.token(cpf, in: base)
        clock.run(from: 2)
        let access = Access(method: "subject.erase", groups: [], duty: .rights)
        let erasure = try await bureau.services.erasures.erase([
            ErasureRequest(cpf: cpf, reason: .subjectRequest, access: access)
        ])[0].get()
        #expect(erasure.completion != nil)
        let present = try bureau.token(cpf, in: base)
        #expect(present.keyNumber == 1 && former.keyNumber == 0)
        let store = bureau.services.erasures.store(of: base)
        #expect(try await store.remains(of: [former, present]) == [false, false])
        #expect(try await store.tombstones(after: nil, limit: 9).map(\.token) == [present])
    }

    @Test("scores of before a change of the token key are told as they were, with later ones")
    func scores() async throws {
        let bureau = try await bureau(rotating: .b)
        var request = Sample.scoring(of: 0)
        request.repetition = Repetition(key: [1], content: [2])
        let former = try await bureau.services.scores.compute([request])[0].get().value
        clock.run(from: 0)
        try await bureau.services.tokenMoves.prepare([Sample.cpfs[0]], in: [.b])
        let later = try await bureau.score(0)[0].get()
        let page = PageRequest<RecordID>(
            cpf: Sample.cpfs[0], access: Sample.request(0, "score.history").access, before: nil, limit: 10)
        #expect(try await bureau.services.scores.history([page])[0].get().value.items == [later, former])
        #expect(try await bureau.services.scores.compute([request])[0].get().value == former)
        let kept = try await bureau.keptScores()
        #expect(kept.map(\.record.scoreID) == [former.scoreID, later.scoreID])
        #expect(kept.map(\.record.token.keyNumber) == [1, 1])
    }

    @Test("a blocked person stays blocked when the token key changes, before the list is read again")
    func block() async throws {
        let bureau = try await bureau(rotating: .a)
        let cpf = Sample.person(0).cpf
        let access = Access(method: "subject.block", groups: [], duty: .rights)
        let blocked = await bureau.services.blocks.change([BlockRequest(cpf: cpf, isBlocked: true, access: access)])
        #expect(blocked == [.success(true)])
        clock.run(from: 0)
        #expect(bureau.services.blockList.causes(of: [cpf, Sample.person(1).cpf]) == [.blocked, nil])
        #expect(await bureau.services.blockList.refresh())
        #expect(bureau.services.blockList.causes(of: [cpf, Sample.person(1).cpf]) == [.blocked, nil])
    }
}
