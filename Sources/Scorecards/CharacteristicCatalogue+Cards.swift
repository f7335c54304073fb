import Bureau

extension CharacteristicCatalogue {
    /// Why a daemon cannot compute what a scorecard gives points for; empty for a card that can be served.
    public func flaws(of card: Scorecard) -> [CatalogueFlaw] {
        card.characteristics.compactMap { characteristic in
            guard let name = CharacteristicName(characteristic.name) else {
                return CatalogueFlaw(characteristic: characteristic.name, kind: .unknown)
            }
            let unit = self[name].unit
            if case .bins = characteristic.table, unit == .category {
                return CatalogueFlaw(characteristic: characteristic.name, kind: .binsOfCategory)
            }
            if case .categories = characteristic.table, unit != .category {
                return CatalogueFlaw(characteristic: characteristic.name, kind: .categoriesOfNumber)
            }
            if case .categories(let categories) = characteristic.table,
                let value = categories.lazy.flatMap(\.values).first(where: { !self[name].categories.contains($0) })
            {
                return CatalogueFlaw(characteristic: characteristic.name, kind: .unknownCategory(value))
            }
            guard let told = characteristic.unit, told != unit.rawValue else { return nil }
            return CatalogueFlaw(characteristic: characteristic.name, kind: .otherUnit(told, instead: unit))
        }
    }
}

/// What keeps a characteristic of a scorecard from being computed as the catalogue has it.
public struct CatalogueFlaw: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        case unknown
        case binsOfCategory
        case categoriesOfNumber
        case unknownCategory(String)
        case otherUnit(String, instead: CharacteristicUnit)
    }

    /// How much of a category is told.
    private static let shownCharacters = 60

    public let characteristic: String
    public let kind: Kind

    public var description: String {
        switch kind {
        case .unknown: "the catalogue has no \(characteristic)"
        case .binsOfCategory: "\(characteristic): bins, and the catalogue has categories"
        case .categoriesOfNumber: "\(characteristic): categories, and the catalogue has numbers"
        case .unknownCategory(let value):
            "\(characteristic): the category \"\(value.prefix(Self.shownCharacters))\", which the catalogue has not"
        case .otherUnit(let unit, let instead):
            "\(characteristic): the unit is \"\(unit)\", and in the catalogue \"\(instead.rawValue)\""
        }
    }
}
