/// The violations that a run has found, with the place in value and schema where it is.
final class Report {
    private(set) var violations: [Violation] = []
    var instancePath: [PathToken] = []
    var keywordPath: [PathToken] = []
    private let maximumViolations: Int
    private let tellsNames: Bool

    init(maximumViolations: Int, tellsNames: Bool) {
        self.maximumViolations = maximumViolations
        self.tellsNames = tellsNames
    }

    var isFull: Bool { violations.count >= maximumViolations }

    /// Notes a violation by a keyword of the present schema, of the present value or of what is at `place` in it.
    func note(_ reason: Violation.Reason, by keyword: Keyword?, at place: PathToken?, accepted: String?) {
        guard !isFull else { return }
        let instance = PathToken.pointer(instancePath + (place.map { [$0] } ?? []), tellingNames: tellsNames)
        let schema = PathToken.pointer(keywordPath + (keyword.map { [.keyword($0)] } ?? []), tellingNames: tellsNames)
        let violation = Violation(
            instancePointer: instance, keywordPointer: schema, reason: reason, accepted: accepted)
        // Two unknown members of one object, for one, are the same violation.
        if !violations.contains(violation) { violations.append(violation) }
    }
}
