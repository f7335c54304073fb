import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `score`.
    static func scores(_ scores: ScoreService, _ access: MethodAccesses) -> [Method] {
        let models = scores.models
        // What a shadow reads is read too when the champion reads it.
        let bases: Bases = models.champion.kinds.bases.contains(.c) ? [.a, .b, .c] : [.a, .b]
        let basesOfAll: Bases = models.all.contains { $0.kinds.bases.contains(.c) } ? [.a, .b, .c] : [.a, .b]
        return [
            // A group may repeat a subject: its scores come from one profile and join the history in their order.
            .aboutSubject(
                "score.compute", access, reads: bases, writes: .b, repeatsSubject: true, takesKeys: true,
                answerBytes: 4096,
                params: { (reader) throws(Failure) in
                    let request = try ScoreRequest(reader, models)
                    guard models.isChampion(request.content) else {
                        let champion = models.champion.card
                        throw request.content.version != nil && models.isChampion(RequestedModel(request.content.name))
                            ? .invalidParams(
                                at: "/version", reason: "shadow_model", accepted: "\(champion.version), the champion's")
                            : .invalidParams(
                                at: "/model", reason: "shadow_model", accepted: "\(champion.model), the champion")
                    }
                    return request
                },
                service: scores.compute,
                result: object { score, disclosures, result in
                    score.writeMembers(disclosures.of(.score), to: &result)
                    result.optional(score.inconsistencies)
                }),
            .aboutSubject(
                "score.preview", access, reads: basesOfAll, repeatsSubject: true, answerBytes: 4096,
                params: { (reader) throws(Failure) in try ScoreRequest(reader, models) },
                service: scores.preview,
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
                        as: "scores", to: &result, cursor: { $0.scoreID?.text ?? "" },
                        item: { $0.write(disclosures.of(.score), to: &$1) })
                }),
        ]
    }
}

extension ScoreRequest {
    /// Reads the params of `score.compute` and `score.preview`. A purpose has to be stated for a model that reads base
    /// A or C.
    fileprivate init(_ reader: ObjectReader, _ models: ServedModels) throws(Failure) {
        let name = reader.optionalText("model")
        guard let anyVersion = models.named(name) else {
            let names = Set(models.all.map(\.card.model)).sorted()
            throw .invalidParams(at: "/model", reason: "unknown_model", accepted: names.joined(separator: ", "))
        }
        let requested = RequestedModel(name, version: try reader.optionalInteger("version", Int.self))
        guard let model = models.named(requested) else {
            let versions = models.all.map(\.card).filter { $0.model == anyVersion.card.model }.map(\.version).sorted()
            throw .invalidParams(
                at: "/version", reason: "unknown_version",
                accepted: versions.map { "\($0)" }.joined(separator: ", "))
        }
        self.init(
            cpf: try reader.cpf(), content: requested, expectedVersion: nil, access: try reader.readAccess(),
            repetition: reader.repetition)
        if access.purpose == nil, model.needsPurpose { throw reader.missing("purpose") }
    }
}
