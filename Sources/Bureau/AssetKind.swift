/// What sort of thing an asset is.
package enum AssetKind: String, TextValue, CaseIterable {
    case realEstate = "real_estate"
    case vehicle
    case savings
    case investment
    case other
}
