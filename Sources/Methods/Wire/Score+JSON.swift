import Bureau
import Encodings
import JSON
import Services

extension ComputedScore {
    /// Appends what `types/score.json` describes.
    func write(_ shown: Disclosure, to writer: inout Writer) {
        writer.object { writeMembers(shown, to: &$0) }
    }

    /// Appends the members of what `types/score.json` describes, but for `inconsistencies`. A masked score is not
    /// explained.
    func writeMembers(_ shown: Disclosure, to result: inout Writer) {
        if let scoreID { result.member("scoreId", scoreID) }
        result.member("score", Int64(score.score), shown)
        result.member("rawScore", Int64(score.rawScore), shown)
        result.key("model")
        result.object { model in
            model.member("name", score.model)
            model.member("version", Int64(score.version))
            if let modelHash { model.member("hash", Hexadecimal.text(of: modelHash)) }
        }
        result.member("computedAt", computedAt)
        if let asOf { result.member("asOf", asOf) }
        result.key("points")
        result.array { list in
            for points in shown == .plain ? score.points : [] { points.write(to: &list) }
        }
        result.key("reasons")
        result.array { list in
            for reason in shown == .plain ? score.reasons : [] {
                reason.write(isKindKnown: modelHash != nil, to: &list)
            }
        }
    }
}

extension CharacteristicPoints {
    fileprivate func write(to list: inout Writer) {
        list.object { item in
            item.member("characteristic", characteristic)
            item.member("points", Int64(points))
            item.member("attainable", Int64(attainable))
            if let missing { item.member("missing", missing.rawValue) }
        }
    }
}

extension ScoreReason {
    /// Version 0.1.0 did not keep whether a value was missing.
    fileprivate func write(isKindKnown: Bool, to list: inout Writer) {
        list.object { item in
            item.member("characteristic", characteristic)
            item.member("loss", Int64(loss))
            if isKindKnown { item.member("kind", missing == nil ? "low" : "not_told") }
            if let code = reason?.code { item.member("code", code) }
            reason?.writeText(to: &item)
        }
    }
}

extension ReasonText {
    /// Appends the member `text`, when there is any.
    fileprivate func writeText(to item: inout Writer) {
        if portuguese == nil, english == nil { return }
        item.key("text")
        item.object { text in
            if let portuguese { text.member("pt-BR", portuguese) }
            if let english { text.member("en", english) }
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
