import Bureau
import Vault

/// A score as it was computed, with what the bases disagree about.
public struct ComputedScore: Hashable, Sendable, PersonalValue {
    /// Nil for a preview, which is not kept.
    public var scoreID: RecordID?
    public var computedAt: Instant
    /// The instant as of which the inputs hold; nil for a score of version 0.1.0.
    public var asOf: Instant?
    /// The SHA-256 of the scorecard's canonical file; nil for a score of version 0.1.0.
    public var modelHash: [UInt8]?
    public var score: Score
    public var inconsistencies: [Inconsistency]

    public init(
        scoreID: RecordID?, computedAt: Instant, asOf: Instant? = nil, modelHash: [UInt8]? = nil, score: Score,
        inconsistencies: [Inconsistency] = []
    ) {
        self.scoreID = scoreID
        self.computedAt = computedAt
        self.asOf = asOf
        self.modelHash = modelHash
        self.score = score
        self.inconsistencies = inconsistencies
    }

    /// A kept score. With its scorecard, reasons have their texts.
    init(scoreID: RecordID, computedAt: Instant, _ packed: PackedScore, card: Scorecard?) {
        self.init(
            scoreID: scoreID, computedAt: computedAt, asOf: packed.asOf, modelHash: packed.model.hash,
            score: packed.score(by: card))
    }
}

/// The body of a score's receipt.
extension ComputedScore {
    /// The layout of version 0.1.0 has points, the second one the packed score and its time, this one the packed score
    /// and a hidden identifier.
    private static let layout: UInt8 = 3
    private static let layoutWithTime: UInt8 = 2

    /// The score as the body of a receipt: with the identifier and the packed value that base B has.
    static func receiptBody(
        _ hiddenID: RecordID, _ inconsistencies: [Inconsistency], packed: [UInt8]
    ) -> [UInt8] {
        var writer = PackedWriter(reserving: packed.count + 64)
        writer.byte(layout)
        for word in [hiddenID.high, hiddenID.low] { writer.bytes(withUnsafeBytes(of: word.bigEndian, Array.init)) }
        writer.unsigned(UInt64(inconsistencies.count))
        for inconsistency in inconsistencies { writer.text(inconsistency.rawValue) }
        writer.bytes(packed)
        return writer.bytes
    }

    /// Reads a score from the body of a receipt, of any layout; nil when the bytes are something else. `card` finds a
    /// scorecard by its hash.
    init?(
        receiptBody: [UInt8], of token: SubjectToken, _ session: inout VaultSession, card: ([UInt8]) -> Scorecard?
    ) {
        guard let layout = receiptBody.first, [Self.layout, Self.layoutWithTime].contains(layout) else {
            self.init(formerReceiptBody: receiptBody)
            return
        }
        let score = PackedReader.read(receiptBody) { reader -> ComputedScore? in
            guard reader.byte() == layout, let high = reader.word(), let low = reader.word() else { return nil }
            let id = RecordID(high: high, low: low)
            let scoreID = id.shown(by: session.scorePads(id, of: token).id)
            let time =
                layout == Self.layout
                ? scoreID.instant : reader.signed().flatMap { Instant(microsecondsSinceEpoch: $0) }
            guard let computedAt = time, let count = reader.count(),
                let inconsistencies = reader.list(of: count, { $0.text().flatMap(Inconsistency.init(rawValue:)) }),
                let packed = session.unpacked(reader.rest(), id, of: token)
            else { return nil }
            var score = ComputedScore(
                scoreID: scoreID, computedAt: computedAt, packed, card: card(packed.model.hash))
            score.inconsistencies = inconsistencies
            return score
        }
        guard let score else { return nil }
        self = score
    }

    private init?(formerReceiptBody: [UInt8]) {
        let computed = FieldReader.read(formerReceiptBody) { reader -> ComputedScore? in
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

extension PackedReader {
    fileprivate mutating func word() -> UInt64? {
        bytes(8).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
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
        guard let characteristic = text(), let points = integer(Int32.self), let attainable = integer(Int32.self)
        else { return nil }
        return CharacteristicPoints(characteristic: characteristic, points: points, attainable: attainable)
    }
}
