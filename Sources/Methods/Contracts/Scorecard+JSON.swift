import Bureau
import JSON
import JSONRPC

extension Scorecard {
    /// Reads what `types/scorecard.json` describes; the value is valid by that schema.
    init(_ value: Value) throws {
        let reader = ObjectReader(value, of: "")
        let characteristics = try reader.objects("characteristics") { (item) throws(Failure) in
            do { return try Characteristic(item) } catch let failure as Failure { throw failure } catch {
                throw .invalidParams(at: item.pointer, reason: "\(error)")
            }
        }
        try self.init(
            model: try reader.text("model"), version: try reader.integer("version"),
            basePoints: try reader.integer("basePoints"), characteristics: characteristics)
    }
}

extension Characteristic {
    fileprivate init(_ reader: ObjectReader) throws {
        switch try reader.required("characteristic", CharacteristicName.self) {
        case .age: self = .age(try PointsBins(reader))
        case .income: self = .income(try PointsBins(reader))
        case .assets: self = .assets(try PointsBins(reader))
        case .housing: self = .housing(try HousingPoints(reader))
        case .employmentTenure: self = .employmentTenure(try PointsBins(reader))
        }
    }
}

extension PointsBins {
    fileprivate init(_ reader: ObjectReader) throws {
        let bins = try reader.objects("bins") { (bin) throws(Failure) in
            PointsBin(lowerBound: try bin.integer("from"), points: try bin.integer("points"))
        }
        try self.init(bins, missing: try reader.integer("missing"))
    }
}

extension HousingPoints {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        let categories = try reader.object("categories")
        self.init(
            own: try categories.integer("own"), rent: try categories.integer("rent"),
            forFree: try categories.integer("for_free"), missing: try reader.integer("missing"))
    }
}
