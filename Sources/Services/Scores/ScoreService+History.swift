import Bureau
import Repositories
import Vault

/// How long scores are kept.
public struct ScoreRetention: Sendable, Hashable {
    /// Five years: what a score was computed from tells of debts, and negative information is told for five years at
    /// most (CDC art. 43 §1).
    public static let defaultDays = 1826
    /// A day to fifteen years, the longest that a history is kept (Lei 12.414/2011, art. 14).
    public static let days = 1...5479

    public let days: Int

    public init(days: Int = defaultDays) {
        self.days = days
    }

    private var microseconds: Int64 { Int64(days) * 86_400_000_000 }

    /// When a score that is computed at an instant need no longer be kept.
    func end(of instant: Instant) -> Instant {
        Instant(microsecondsSinceEpoch: instant.microsecondsSinceEpoch + microseconds) ?? .last
    }

    /// The instant before which scores are no longer kept.
    func start(at now: Instant) -> Instant {
        Instant(microsecondsSinceEpoch: now.microsecondsSinceEpoch - microseconds) ?? .first
    }
}

extension ScoreService {
    /// Reads pages of subjects' scores; a page is empty for a subject without scores.
    /// `forbidden`.
    public func history(
        _ requests: [PageRequest<RecordID>]
    ) async -> [Result<Disclosed<Page<ComputedScore>>, ServiceError>] {
        await control.disclosed(requests) { requests, _ in await pages(requests) }
    }

    private func pages(_ requests: [PageRequest<RecordID>]) async -> [Result<Page<ComputedScore>, ServiceError>] {
        await batch(of: requests.count) { () async throws(ServiceError) in
            let tokens = profiles.vault.tokens(of: requests.lazy.map(\.cpf))
            let wanted = requests.map { ScoreSearch.Wanted.newest(before: $0.before, limit: $0.limitWithNext) }
            let found = try await profiles.trail.recording(requests.lazy.map(\.access), to: tokens) {
                () async throws(ServiceError) in
                try await find(wanted, of: tokens)
            }
            let scores = await opened(found)
            return zip(requests, scores).map { request, scores in
                scores.map { Page($0, limit: request.limit) }
            }
        }
    }

    /// Unpacks what was found, but for what is no longer to be kept.
    private func opened(
        _ found: [Result<[ScoreRecord], ServiceError>]
    ) async -> [Result<[ComputedScore], ServiceError>] {
        let start = retention.start(at: profiles.stamps.now())
        let kept = profiles.vault.withSession { session in
            found.map { found in
                found.flatMap { records in
                    Result { () throws(ServiceError) in
                        try records.filter { $0.computedAt >= start }.map { (record) throws(ServiceError) in
                            try KeptScore(record, &session)
                        }
                    }
                }
            }
        }
        await register.know(kept.flatMap { (try? $0.get()) ?? [] }.compactMap { $0.packed?.model.hash })
        return kept.map { kept in
            kept.map { kept in kept.map { $0.score(card: register.card) } }
        }
    }

    /// Deletes scores of days that are no longer to be kept, some at a time, and returns how many.
    public func deleteExpired() async -> Int {
        let start = retention.start(at: profiles.stamps.now()).startOfDay
        var deleted = 0
        while !Task.isCancelled,
            let count = try? await profiles.repository.deleteScores(before: start, limit: 2000), count > 0
        {
            deleted += count
        }
        return deleted
    }
}

/// A score that base B keeps, unpacked and as clients know it.
struct KeptScore: Sendable {
    let record: ScoreRecord
    /// Nil for a score of version 0.1.0.
    let packed: PackedScore?

    /// Unpacks a score as base B has it, or as a search has found it. Throws when the packed value is not one that this
    /// program writes.
    init(_ record: ScoreRecord, _ session: inout VaultSession) throws(ServiceError) {
        self.record = session.shown(record)
        switch record.content {
        case .points: packed = nil
        case .packed(let bytes):
            packed = session.unpacked(bytes, record.scoreID, of: record.token)
            if packed == nil { throw .store(.corrupt(.b)) }
        }
    }

    /// The score; with its scorecard, reasons have their texts.
    func score(card: ([UInt8]) -> Scorecard?) -> ComputedScore {
        if let packed {
            return ComputedScore(
                scoreID: record.scoreID, computedAt: record.computedAt, packed, card: card(packed.model.hash))
        }
        guard case .points(let former) = record.content else { preconditionFailure("there are two kinds of content") }
        return ComputedScore(
            scoreID: record.scoreID, computedAt: record.computedAt,
            score: Score(
                model: former.model, version: former.version, rawScore: former.rawScore,
                points: former.points.map {
                    CharacteristicPoints(
                        characteristic: $0.characteristic, points: $0.points, attainable: $0.attainable)
                }))
    }
}
