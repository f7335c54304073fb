import Bureau

/// A score as it was computed, with what the bases disagree about.
package struct ComputedScore: Hashable, Sendable {
    package var scoreID: RecordID
    package var computedAt: Instant
    package var score: Score
    package var inconsistencies: [Inconsistency]

    package init(scoreID: RecordID, computedAt: Instant, score: Score, inconsistencies: [Inconsistency] = []) {
        self.scoreID = scoreID
        self.computedAt = computedAt
        self.score = score
        self.inconsistencies = inconsistencies
    }
}

extension ComputedScore {
    /// The score as the body of a receipt.
    var receiptBody: [UInt8] {
        var writer = FieldWriter()
        writer.integer(scoreID.high)
        writer.integer(scoreID.low)
        writer.integer(computedAt.microsecondsSinceEpoch)
        writer.text(score.model)
        writer.integer(Int64(score.version))
        writer.integer(score.rawScore)
        writer.integer(UInt8(score.points.count))
        for points in score.points {
            writer.text(points.characteristic)
            writer.integer(points.points)
            writer.integer(points.attainable)
        }
        writer.integer(UInt8(inconsistencies.count))
        for inconsistency in inconsistencies { writer.text(inconsistency.rawValue) }
        return writer.bytes
    }

    /// Reads a score from the body of a receipt; nil when the bytes are something else.
    init?(receiptBody: [UInt8]) {
        let computed = FieldReader.read(receiptBody) { reader -> ComputedScore? in
            guard let high = reader.integer(UInt64.self), let low = reader.integer(UInt64.self),
                let microseconds = reader.integer(Int64.self),
                let computedAt = Instant(microsecondsSinceEpoch: microseconds), let model = reader.text(),
                let version = reader.integer(Int64.self), let rawScore = reader.integer(Int64.self),
                let points = reader.list({ $0.points() }),
                let inconsistencies = reader.list({ $0.text().flatMap(Inconsistency.init(rawValue:)) })
            else { return nil }
            return ComputedScore(
                scoreID: RecordID(high: high, low: low), computedAt: computedAt,
                score: Score(model: model, version: Int(version), rawScore: rawScore, points: points),
                inconsistencies: inconsistencies)
        }
        guard let computed else { return nil }
        self = computed
    }
}

extension FieldReader {
    /// Reads a list with its length in one byte before it.
    fileprivate mutating func list<T>(_ read: (inout FieldReader) -> T?) -> [T]? {
        guard let count = integer(UInt8.self) else { return nil }
        var list: [T] = []
        for _ in 0..<count {
            guard let element = read(&self) else { return nil }
            list.append(element)
        }
        return list
    }

    fileprivate mutating func points() -> CharacteristicPoints? {
        guard let characteristic = text(), let points = integer(Int32.self),
            let attainable = integer(Int32.self)
        else { return nil }
        return CharacteristicPoints(characteristic: characteristic, points: points, attainable: attainable)
    }
}
