import Bureau
import Encodings
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `model`, which touch no person's record.
    static func models(_ models: ModelService) -> [Method] {
        [
            .immediate("model.list") { _, writer in
                writer.object { result in
                    result.key("models")
                    result.array { list in
                        for model in models.served { list.object { model.writeSummary(to: &$0) } }
                    }
                }
            },
            .grouped(
                "model.get",
                decode: { (params, _) throws(Failure) in
                    let reader = ObjectReader(params, of: "model.get")
                    return (name: try reader.text("model"), version: try reader.optionalInteger("version", Int.self))
                },
                call: { group in
                    var answers: [Result<ModelView, ServiceError>] = []
                    for params in group {
                        answers.append(await models.model(params.name, version: params.version))
                    }
                    return answers
                },
                failure: { Failure(of: $0) },
                write: { model, writer in writer.object { model.writeMembers(to: &$0) } }),
        ]
    }
}

extension ModelView {
    /// Appends the members that `model.list` tells.
    fileprivate func writeSummary(to result: inout Writer) {
        result.key("model")
        result.object { identity.writeMembers(to: &$0) }
        result.member("role", role.rawValue)
        if !card.description.isEmpty { result.member("description", card.description) }
        result.member("usesAge", card.usesAge)
        result.member("requiresConsent", card.requiresConsent)
        let kinds = FactKinds(of: card.characteristics.compactMap { CharacteristicName($0.name) })
        result.key("bases")
        result.array { list in
            for base in kinds.bases.map(\.rawValue).sorted() { list.string(base) }
        }
        result.key("groups")
        result.array { list in
            for group in kinds.groups.list { list.string(group) }
        }
    }

    /// Appends the result of `model.get`: the criteria, and the card itself for those who may see its points.
    fileprivate func writeMembers(to result: inout Writer) {
        writeSummary(to: &result)
        let spans = card.characteristics.map(\.span)
        let total = max(1, spans.reduce(0, +))
        result.key("characteristics")
        result.array { list in
            for (characteristic, span) in zip(card.characteristics, spans) {
                list.object { item in
                    item.member("characteristic", characteristic.name)
                    item.member("influence", Influence(share: Double(span) / Double(total)).rawValue)
                }
            }
        }
        if let canonical {
            result.key("card")
            canonical.withUnsafeBufferPointer { result.json($0) }
        }
    }
}

extension ModelIdentity {
    /// Appends what `types/model-identity.json` describes.
    func writeMembers(to model: inout Writer) {
        model.member("name", name)
        model.member("version", Int64(version))
        model.member("hash", Hexadecimal.text(of: hash))
    }
}

/// How much a characteristic can change a score, by its share of all points between worst and best.
private enum Influence: String {
    case small, medium, large

    init(share: Double) {
        self = share >= 0.25 ? .large : share >= 0.1 ? .medium : .small
    }
}

extension ScoredCharacteristic {
    /// The points between its worst and its best known value.
    fileprivate var span: Int64 {
        var points: [Int32] =
            switch table {
            case .bins(let bins): bins.map(\.attribute.points)
            case .categories(let categories): categories.map(\.attribute.points)
            }
        if let other { points.append(other.points) }
        return Int64(points.max() ?? 0) - Int64(points.min() ?? 0)
    }
}
