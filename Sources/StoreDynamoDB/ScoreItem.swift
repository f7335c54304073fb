import Bureau
import JSON
import Repositories

/// A score as an item of its subject's partition. `score` and `reasons` follow from the rest and are there to be read.
enum ScoreItem {
    /// Writes the members of the item, its key included.
    static func write(_ record: ScoreRecord, life: WriteID, to writer: inout Writer) {
        let score = record.score
        ItemKey.score(record.scoreID, of: record.token).write(to: &writer)
        writer.key("life")
        writer.binary(life.bytes)
        writer.key("computedAt")
        writer.decimal(record.computedAt.microsecondsSinceEpoch)
        writer.key("model")
        writer.text(score.model)
        writer.key("modelVersion")
        writer.decimal(score.version)
        writer.key("score")
        writer.decimal(score.score)
        writer.key("rawScore")
        writer.decimal(score.rawScore)
        writer.key("points")
        writer.maps(score.points) { writer, points in
            writer.key("characteristic")
            writer.text(points.characteristic)
            writer.key("points")
            writer.decimal(points.points)
            writer.key("attainable")
            writer.decimal(points.attainable)
        }
        writer.key("reasons")
        writer.maps(score.reasons) { writer, reason in
            writer.key("characteristic")
            writer.text(reason.characteristic)
            writer.key("loss")
            writer.decimal(reason.loss)
        }
    }

    static func record(_ item: ItemReader, _ token: SubjectToken) throws(MalformedItem) -> ScoreRecord {
        let points = try item.maps("points") { (item) throws(MalformedItem) in
            CharacteristicPoints(
                characteristic: try item.value("characteristic"), points: try item.integer("points"),
                attainable: try item.integer("attainable"))
        }
        return ScoreRecord(
            scoreID: try scoreID(item), token: token, computedAt: try item.instant("computedAt"),
            score: Score(
                model: try item.text("model"), version: try item.integer("modelVersion"),
                rawScore: try item.integer("rawScore"), points: points))
    }

    private static func scoreID(_ item: ItemReader) throws(MalformedItem) -> RecordID {
        let sort = try item.text("sk")
        guard sort.hasPrefix(ItemKey.scorePrefix), let id = RecordID(String(sort.dropFirst(ItemKey.scorePrefix.count)))
        else { throw MalformedItem() }
        return id
    }
}
