import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `score`.
    static func scores(_ scores: ScoreService, _ access: MethodAccesses) -> [Method] {
        [
            // A group may repeat a subject: its scores come from one profile and join the history in their order.
            .aboutSubject(
                "score.compute", access, reads: [.a, .b], writes: .b, repeatsSubject: true, takesKeys: true,
                answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    SubjectWrite(
                        cpf: try reader.cpf(), content: (), expectedVersion: nil, access: try reader.readAccess(),
                        repetition: reader.repetition)
                },
                service: scores.compute,
                result: { $0.value.write(to: &$1) }),
            .aboutSubject(
                "score.history", access, reads: .b, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    try PageRequest(reader) { cursor in cursor.withUTF8 { RecordID($0) } }
                },
                service: scores.history,
                result: { page, writer in
                    page.value.write(
                        as: "scores", to: &writer, cursor: { $0.scoreID.text }, item: { $0.write(to: &$1) })
                }),
        ]
    }
}

extension ScoreRecord {
    /// Appends what `types/score.json` describes.
    func write(to writer: inout Writer) {
        ComputedScore(scoreID: scoreID, computedAt: computedAt, score: score).write(to: &writer)
    }
}

extension ComputedScore {
    /// Appends what `types/score.json` describes.
    func write(to writer: inout Writer) {
        writer.object { result in
            writeMembers(to: &result)
            result.optional(inconsistencies)
        }
    }

    /// Appends the members of a score but for `inconsistencies`.
    func writeMembers(to result: inout Writer) {
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

extension Writer {
    /// Appends the member `inconsistencies`, when there are any.
    mutating func optional(_ inconsistencies: [Inconsistency]) {
        if inconsistencies.isEmpty { return }
        key("inconsistencies")
        array { list in
            for inconsistency in inconsistencies {
                list.object { item in
                    item.member("member", inconsistency.rawValue)
                    item.key("bases")
                    item.array { bases in
                        for base in inconsistency.bases { bases.string(base.rawValue) }
                    }
                }
            }
        }
    }
}
