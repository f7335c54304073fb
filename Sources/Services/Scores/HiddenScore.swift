import Bureau
import Repositories
import Vault

/// Scores as base B has them: each tells the day on which it was computed, and no moment that an event of base C may
/// have, too.
extension VaultSession {
    /// A score as base B is to keep it.
    mutating func hidden(
        _ scored: ScoredFacts, _ scoreID: RecordID, at: Instant, expiresAt: Instant, _ mark: RepeatMark?
    ) -> NewScore {
        let token = token(of: scored.cpf)
        let pads = scorePads(scoreID, of: token)
        let hiddenID = scoreID.hidden(by: pads.id)
        var packed = scored.packed
        packed.asOf = RowTimes.hidden(packed.asOf, by: pads.asOf)
        let bytes = packed.bytes
        var score = NewScore(
            scoreID: hiddenID, token: token, computedAt: at.startOfDay, packed: bytes, expiresAt: expiresAt.endOfDay)
        score.receipt = mark?.receipt(
            at: at, body: ComputedScore.receiptBody(hiddenID, scored.inconsistencies, packed: bytes))
        return score
    }

    /// A kept score with the identifier and the time that clients know; its packed value stays as it is.
    mutating func shown(_ record: ScoreRecord) -> ScoreRecord {
        guard record.scoreID.isHidden else { return record }
        var record = record
        record.scoreID = record.scoreID.shown(by: scorePads(record.scoreID, of: record.token).id)
        record.computedAt = record.scoreID.instant ?? record.computedAt
        return record
    }

    /// Unpacks a kept score; nil when the bytes are none.
    mutating func unpacked(_ bytes: [UInt8], _ id: RecordID, of token: SubjectToken) -> PackedScore? {
        guard var packed = PackedScore(bytes: bytes) else { return nil }
        packed.asOf = RowTimes.shown(packed.asOf, by: scorePads(id, of: token).asOf)
        return packed
    }
}
