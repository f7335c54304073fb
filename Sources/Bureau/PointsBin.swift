/// A range of values in a table of points: from its bound up to the next one.
package struct PointsBin: Sendable, Hashable {
    /// The least value of the bin, in the unit of the characteristic.
    package let lowerBound: Int64
    /// The points of a value in the bin.
    package let points: Int32

    /// Takes the bound and the points.
    package init(lowerBound: Int64, points: Int32) {
        self.lowerBound = lowerBound
        self.points = points
    }
}
