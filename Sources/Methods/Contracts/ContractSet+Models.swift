import Bureau
import Scorecards
import Services

extension ContractSet {
    /// The scorecards that the daemon serves: those of `scorecards/`, whose characteristics are as the catalogue
    /// has them.
    public func servedModels() throws(LoadError) -> ServedModels {
        var champion: ServedModel?
        var shadows: [ServedModel] = []
        for file in try scorecards() {
            if let flaw = catalogue?.flaws(of: file.card).first {
                throw .scorecard(path: "scorecards/", reason: "\(file.card.model): \(flaw)")
            }
            let model: ServedModel
            do throws(UnknownCharacteristic) {
                model = try ServedModel(file.card, hash: file.hash, canonical: ScorecardFile.canonical(file.card))
            } catch {
                throw .scorecard(
                    path: "scorecards/", reason: "\(error.model): the catalogue has no \(error.name)")
            }
            if file.card.role == .champion { champion = model } else { shadows.append(model) }
        }
        guard let champion else { throw .scorecard(path: "scorecards/", reason: "no champion") }
        guard shadows.count <= ServedModels.maximumShadows else {
            throw .scorecard(
                path: "scorecards/",
                reason: "\(shadows.count) shadows instead of \(ServedModels.maximumShadows) at most")
        }
        let names = ([champion] + shadows).map { "\($0.card.model) version \($0.card.version)" }
        if let twice = names.first(where: { name in names.count(where: { $0 == name }) > 1 }) {
            throw .scorecard(path: "scorecards/", reason: "two files have \(twice)")
        }
        return ServedModels(champion: champion, shadows: shadows)
    }

    /// Reads a scorecard's canonical file; nil when it is none.
    @Sendable public static func card(_ canonical: [UInt8]) -> Scorecard? { try? ScorecardFile(canonical).card }
}
