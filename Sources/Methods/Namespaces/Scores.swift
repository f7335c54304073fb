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
                result: object { score, disclosures, result in
                    score.writeMembers(disclosures.of(.score), to: &result)
                    result.optional(score.inconsistencies)
                }),
            .aboutSubject(
                "score.history", access, reads: .b, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    try PageRequest(reader) { cursor in cursor.withUTF8 { RecordID($0) } }
                },
                service: scores.history,
                result: object { page, disclosures, result in
                    page.writeMembers(
                        as: "scores", to: &result, cursor: { $0.scoreID.text },
                        item: { $0.write(disclosures.of(.score), to: &$1) })
                }),
        ]
    }
}

extension ScoreRecord {
    /// Appends what `types/score.json` describes.
    func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object {
            ComputedScore(scoreID: scoreID, computedAt: computedAt, score: score).writeMembers(shown, to: &$0)
        }
    }
}

extension ComputedScore {
    /// Appends the members of what `types/score.json` describes, but for `inconsistencies`. A masked score is not
    /// explained.
    func writeMembers(_ shown: Disclosure, to result: inout Writer) {
        result.member("scoreId", scoreID)
        result.member("score", Int64(score.score), shown)
        result.member("rawScore", Int64(score.rawScore), shown)
        result.key("model")
        result.object { model in
            model.member("name", score.model)
            model.member("version", Int64(score.version))
        }
        result.member("computedAt", computedAt)
        result.key("points")
        result.array { list in
            for points in shown == .plain ? score.points : [] {
                list.object { item in
                    item.member("characteristic", points.characteristic)
                    item.member("points", Int64(points.points))
                    item.member("attainable", Int64(points.attainable))
                }
            }
        }
        result.key("reasons")
        result.array { list in
            for reason in shown == .plain ? score.reasons : [] {
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
