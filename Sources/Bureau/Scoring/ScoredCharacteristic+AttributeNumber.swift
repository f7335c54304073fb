/// The attributes of a characteristic, numbered: its bins or categories, any other value, and the kinds of missing
/// values.
extension ScoredCharacteristic {
    private var tableCount: Int {
        switch table {
        case .bins(let bins): bins.count
        case .categories(let categories): categories.count
        }
    }

    /// How many attributes there are; other values have a number whether or not the table has points for them.
    public var attributeCount: Int { tableCount + 1 + MissingReason.allCases.count }

    /// The number of the attribute whose points a value has.
    public func attributeNumber(of value: CharacteristicValue) -> Int {
        let found: Int? =
            switch (value, table) {
            case (.missing(let reason), _):
                MissingReason.allCases.firstIndex(of: reason).map { tableCount + 1 + $0 }
            case (.number(let number), .bins(let bins)): bins.firstIndex { $0.contains(number) }
            case (.category(let name), .categories(let categories)):
                categories.firstIndex { $0.values.contains(name) }
            case (.number, .categories), (.category, .bins): nil
            }
        return found ?? tableCount
    }
}
