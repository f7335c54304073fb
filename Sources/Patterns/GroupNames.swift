/// The names of a pattern's groups, and the references to groups, which may come before them.
struct GroupNames {
    typealias Name = [UInt32]

    /// The byte at which the last group of a name begins.
    private var lastOffsets: [Name: Int] = [:]
    private var references: [(name: Name, offset: Int)] = []
    private var highestNumber = (number: 0, offset: 0)

    /// Takes note of a named group. Only groups in different alternatives of one choice may share a name
    /// (ECMA-262 §22.2.1.1); the last one of a name is the only one to compare with, because what separated it from
    /// the earlier ones separates this one from them too.
    mutating func define(
        _ name: Name, at offset: Int, within groups: [PatternParser.Group]
    ) throws(PatternError) {
        if let last = lastOffsets[name], !isInEarlierAlternative(last, of: groups) {
            throw PatternError(reason: .duplicateGroupName, offset: offset)
        }
        lastOffsets[name] = offset
    }

    /// Whether the innermost open group that holds a place has begun another alternative since.
    private func isInEarlierAlternative(_ offset: Int, of groups: [PatternParser.Group]) -> Bool {
        var (low, high) = (0, groups.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if groups[middle].bodyOffset <= offset { low = middle } else { high = middle }
        }
        return offset < groups[low].alternativeOffset
    }

    mutating func refer(to name: Name, at offset: Int) {
        references.append((name, offset))
    }

    mutating func refer(to number: Int, at offset: Int) {
        if number > highestNumber.number { highestNumber = (number, offset) }
    }

    /// Checks at the pattern's end that every reference has its group.
    func checkReferences(captureCount: Int) throws(PatternError) {
        if highestNumber.number > captureCount {
            throw PatternError(reason: .unknownGroup, offset: highestNumber.offset)
        }
        for reference in references where lastOffsets[reference.name] == nil {
            throw PatternError(reason: .unknownGroup, offset: reference.offset)
        }
    }
}
