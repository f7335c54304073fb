import Bureau

extension CharacteristicCatalogue {
    /// Why a daemon cannot compute what a scorecard gives points for; empty for a card that can be served.
    package func flaws(of card: Scorecard) -> [CatalogueFlaw] {
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
            guard let told = characteristic.unit, told != unit.rawValue else { return nil }
            return CatalogueFlaw(characteristic: characteristic.name, kind: .otherUnit(told, instead: unit))
        }
    }
}

/// What keeps a characteristic of a scorecard from being computed as the catalogue has it.
package struct CatalogueFlaw: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        case unknown
        case binsOfCategory
        case categoriesOfNumber
        case otherUnit(String, instead: CharacteristicUnit)
    }

    package let characteristic: String
    package let kind: Kind

    package var description: String {
        switch kind {
        case .unknown: "the catalogue has no \(characteristic)"
        case .binsOfCategory: "\(characteristic): bins, and the catalogue has categories"
        case .categoriesOfNumber: "\(characteristic): categories, and the catalogue has numbers"
        case .otherUnit(let unit, let instead):
            "\(characteristic): the unit is \"\(unit)\", and in the catalogue \"\(instead.rawValue)\""
        }
    }
}
