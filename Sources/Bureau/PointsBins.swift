/// A table of points for a number.
package struct PointsBins: Sendable, Hashable {
    /// At least one bin, in ascending order. The first has no lower end: it takes the values below its bound as well.
    package let bins: [PointsBin]
    /// The points of a value that is not known.
    package let missing: Int32

    /// Throws `ScorecardError.noBins` for an empty table, `.binsNotAscending` unless each bound is above the one
    /// before.
    package init(_ bins: [PointsBin], missing: Int32) throws(ScorecardError) {
        guard !bins.isEmpty else { throw .noBins }
        for index in bins.indices.dropFirst() where bins[index].lowerBound <= bins[index - 1].lowerBound {
            throw .binsNotAscending(index: index)
        }
        self.bins = bins
        self.missing = missing
    }

    /// The points of a value, or of a missing one.
    package func points(for value: Int64?) -> Int32 {
        guard let value else { return missing }
        return (bins.last { $0.lowerBound <= value } ?? bins[0]).points
    }

    /// The most points that a known value can get.
    var attainable: Int32 {
        bins.reduce(bins[0].points) { max($0, $1.points) }
    }
}
