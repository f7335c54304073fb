/// What somebody meant who wrote a name that is not there: a method, or a command of the command line.
public enum Suggestion {
    /// The most edits between a name and the one that was meant; half of a short name.
    private static func maximumDistance(of name: [UInt8]) -> Int { min(3, max(1, name.count / 2)) }

    /// Returns the index of the name that needs the fewest edits; nil when each needs too many.
    public static func nearest(to name: [UInt8], among names: [[UInt8]]) -> Int? {
        let near = names.indices.map { (distance: distance(names[$0], name), index: $0) }
        guard let best = near.min(by: { $0.distance < $1.distance }), best.distance <= maximumDistance(of: name)
        else { return nil }
        return best.index
    }

    /// Levenshtein's edit distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
