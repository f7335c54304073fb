import Bureau
import JSON
import Services

extension ScoreView {
    /// Appends what `types/score.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("scoreId", scoreID)
            result.member("score", Int64(score.score))
            result.member("rawScore", Int64(score.rawScore))
            result.key("model")
            result.object { model in
                model.member("name", score.model)
                model.member("version", Int64(score.version))
            }
            result.member("computedAt", computedAt)
            result.key("points")
            result.array { list in
                for points in score.points {
                    list.object { item in
                        item.member("characteristic", points.characteristic)
                        item.member("points", Int64(points.points))
                        item.member("attainable", Int64(points.attainable))
                    }
                }
            }
            result.key("reasons")
            result.array { list in
                for reason in score.reasons {
                    list.object { item in
                        item.member("characteristic", reason.characteristic)
                        item.member("loss", Int64(reason.loss))
                    }
                }
            }
        }
    }
}
