/// A table of points for the terms of housing.
package struct HousingPoints: Sendable, Hashable {
    /// The points of a home of one's own.
    package let own: Int32
    /// The points of a rented home.
    package let rent: Int32
    /// The points of a home that costs nothing.
    package let forFree: Int32
    /// The points of a person whose housing is not known.
    package let missing: Int32

    /// Takes the points of each of the terms.
    package init(own: Int32, rent: Int32, forFree: Int32, missing: Int32) {
        self.own = own
        self.rent = rent
        self.forFree = forFree
        self.missing = missing
    }

    /// The points of the terms of housing, or of missing ones.
    package func points(for housing: Housing?) -> Int32 {
        switch housing {
        case .own: own
        case .rent: rent
        case .forFree: forFree
        case nil: missing
        }
    }

    /// The most points that a known value can get.
    var attainable: Int32 { max(own, rent, forFree) }
}
