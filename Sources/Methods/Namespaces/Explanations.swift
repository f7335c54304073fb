import Bureau
import Encodings
import JSON
import JSONRPC
import Scorecards
import Services

extension Method {
    /// `score.explain`.
    static func explanations(
        _ scores: ScoreService, _ access: MethodAccesses, _ catalogue: CharacteristicCatalogue?
    ) -> [Method] {
        // Without the catalogue there are no words.
        guard let catalogue else { return [] }
        let usesDebts = scores.models.champion.kinds.bases.contains(.a)
        return [
            .aboutSubject(
                "score.explain", access, reads: usesDebts ? [.a, .b] : .b, answerBytes: 8192,
                params: { (reader) throws(Failure) in
                    LanguageRequest(
                        explanation: ExplanationRequest(
                            cpf: try reader.cpf(), access: try reader.readAccess(),
                            scoreID: try reader.optional("scoreId")),
                        language: try reader.required("language"))
                },
                service: { requests in
                    zip(requests, await scores.explain(requests.map(\.explanation))).map { request, found in
                        found.map { found in
                            found.map { explanation in
                                WordedExplanation(
                                    explanation: explanation, language: request.language, catalogue: catalogue,
                                    purpose: request.access.purpose)
                            }
                        }
                    }
                },
                result: object { explanation, disclosures, result in
                    explanation.writeMembers(disclosures.of(.score), to: &result)
                })
        ]
    }
}

/// A request of an explanation in a language.
private struct LanguageRequest: AccessRequest {
    var explanation: ExplanationRequest
    let language: Language

    var cpf: CPF { explanation.cpf }
    var access: Access {
        get { explanation.access }
        set { explanation.access = newValue }
    }
}

/// An explanation with what puts it in words.
private struct WordedExplanation: Sendable {
    let explanation: ScoreExplanation
    let language: Language
    let catalogue: CharacteristicCatalogue
    let purpose: Purpose?

    /// Appends the result of `score.explain`. A masked score is not explained.
    func writeMembers(_ shown: Disclosure, to result: inout Writer) {
        let score = explanation.score
        if let scoreID = score.scoreID { result.member("scoreId", scoreID) }
        result.member("score", Int64(score.score.score), shown)
        if shown == .plain {
            result.key("band")
            result.object { ScoreBand(score.score.score).writeMembers(language, to: &$0) }
        }
        result.key("model")
        result.object { model in
            model.member("name", score.score.model)
            model.member("version", Int64(score.score.version))
            if let hash = score.modelHash { model.member("hash", Hexadecimal.text(of: hash)) }
        }
        result.member("computedAt", score.computedAt)
        if let asOf = score.asOf { result.member("asOf", asOf) }
        result.member("language", language)
        result.optional("purpose", purpose)
        writeReasons(shown == .plain ? score.score.reasons : [], to: &result)
        writeFacts(to: &result)
        if !explanation.creditors.isEmpty {
            result.key("creditors")
            result.array { list in
                for creditor in explanation.creditors { list.string(creditor) }
            }
        }
        writeLeftOut(to: &result)
        result.key("dispute")
        result.object { dispute in
            dispute.member("text", ExplanationWords.dispute.text(in: language))
            dispute.key("methods")
            dispute.array { list in
                for method in ["subject.access", "dispute.open", "subject.correct"] { list.string(method) }
            }
        }
    }

    private func writeReasons(_ reasons: [ScoreReason], to result: inout Writer) {
        result.key("reasons")
        result.array { list in
            for reason in reasons {
                list.object { item in
                    item.member("characteristic", reason.characteristic)
                    if explanation.score.modelHash != nil {
                        item.member("kind", reason.missing == nil ? "low" : "not_told")
                    }
                    if let code = reason.reason?.code { item.member("code", code) }
                    item.member("text", text(of: reason))
                }
            }
        }
    }

    /// The card's text of a reason; without one, the name of the characteristic and what is the matter with it.
    private func text(of reason: ScoreReason) -> String {
        let text = reason.reason.flatMap { language == .portuguese ? $0.portuguese : $0.english }
        let words = reason.missing.map(ExplanationWords.missing) ?? ExplanationWords.low
        return text ?? "\(label(of: reason.characteristic)): \(words.text(in: language))"
    }

    private func label(of name: String) -> String {
        CharacteristicName(name).map { catalogue[$0].label.text(in: language) } ?? name
    }

    private func writeFacts(to result: inout Writer) {
        guard let facts = explanation.facts else { return }
        result.key("facts")
        result.array { list in
            for fact in facts {
                let entry = catalogue[fact.name]
                list.object { item in
                    item.member("characteristic", fact.name)
                    item.member("label", entry.label.text(in: language))
                    item.member("definition", entry.definition.text(in: language))
                    item.key("bases")
                    item.array { bases in
                        for base in fact.name.facts.bases.map(\.rawValue).sorted() { bases.string(base) }
                    }
                    item.member("source", entry.source)
                    item.member("unit", entry.unit.rawValue)
                    if let asOf = explanation.score.asOf { item.member("asOf", asOf) }
                    item.key("value")
                    item.value(fact.value)
                    if let missing = fact.value.missingReason { item.member("missing", missing.rawValue) }
                    item.member("effect", fact.hasCost ? "cost" : "helped")
                }
            }
        }
    }

    private func writeLeftOut(to result: inout Writer) {
        result.key("leftOut")
        result.array { list in
            for leftOut in explanation.leftOut where leftOut.count != 0 {
                list.object { item in
                    item.member("cause", leftOut.cause.rawValue)
                    if let count = leftOut.count { item.member("count", Int64(count)) }
                    item.member("text", ExplanationWords.leftOut(leftOut.cause).text(in: language))
                }
            }
        }
    }
}
