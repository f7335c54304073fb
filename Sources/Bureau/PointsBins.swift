/// A table of points for a number, by ranges that begin at a bound and end before the next one.
package struct PointsBins: Sendable, Hashable {
    /// A range of values and its points.
    package struct Bin: Sendable, Hashable {
        /// The least value of the bin, in the unit of the characteristic.
        package let lowerBound: Int64
        package let points: Int32

        package init(lowerBound: Int64, points: Int32) {
            self.lowerBound = lowerBound
            self.points = points
        }
    }

    /// The bins in ascending order; at least one.
    package let bins: [Bin]
    /// The points of a value that is not known.
    package let missing: Int32

    /// Throws `ScorecardError.noBins` for an empty table, `.binsNotAscending` unless each bound is above the one before.
    package init(_ bins: [Bin], missing: Int32) throws(ScorecardError) {
        guard !bins.isEmpty else { throw .noBins }
        for (index, pair) in zip(bins, bins.dropFirst()).enumerated() where pair.0.lowerBound >= pair.1.lowerBound {
            throw .binsNotAscending(index: index + 1)
        }
        self.bins = bins
        self.missing = missing
    }

    /// The points of a value, or of a missing one. A value below the first bound has the first bin's points.
    package func points(for value: Int64?) -> Int32 {
        guard let value else { return missing }
        return (bins.last { $0.lowerBound <= value } ?? bins[0]).points
    }

    /// The most points that a known value can get.
    var best: Int32 {
        bins.reduce(bins[0].points) { max($0, $1.points) }
    }
}
