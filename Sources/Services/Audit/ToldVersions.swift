/// The versions of a record that the audit log has told. Each is told once at most, in any order: a version that is
/// told again was written on a former copy of the record.
struct ToldVersions: Hashable {
    /// More versions than that are not waited for: they are forgotten with all that were told before them.
    private static let mostGaps = 32

    private var span: ClosedRange<Int64>?
    /// The versions within the span that were not told: their daemon was killed, or its journal comes later.
    private var gaps: [Int64] = []

    init(_ version: Int64?) {
        span = version.map { $0...$0 }
    }

    /// Adds a version; false when it was told before.
    mutating func add(_ version: Int64) -> Bool {
        guard let span else {
            self = ToldVersions(version)
            return true
        }
        if span.contains(version) {
            guard let index = gaps.firstIndex(of: version) else { return false }
            gaps.remove(at: index)
        } else if version > span.upperBound {
            let new = span.upperBound + 1..<version
            if new.count + gaps.count > Self.mostGaps {
                self = ToldVersions(version)
            } else {
                gaps += new
                self.span = span.lowerBound...version
            }
        } else {
            let new = version + 1..<span.lowerBound
            if new.count + gaps.count <= Self.mostGaps {
                gaps += new
                self.span = version...span.upperBound
            }
        }
        return true
    }
}
