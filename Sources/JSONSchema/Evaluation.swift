import JSON

/// One run of a compiled schema over a value.
///
/// There are two ways to run: until the first violation, which allocates nothing, and collecting the violations with
/// their places. Both take the same code.
struct Evaluation {
    /// Where violations are collected; nil when the first one ends the run.
    private let report: Report?
    private(set) var isCollecting: Bool
    var visits: Visits
    /// What has been evaluated of the value at hand; of concern to tracked schemas only.
    var evaluated = Evaluated()

    /// Runs until the first violation, or collects violations if there is a report for them.
    init(of root: Value, for report: Report? = nil) {
        self.report = report
        isCollecting = report != nil
        visits = Visits(of: root)
    }

    /// Whether, after a violation, there is nothing more to find out.
    var isDone: Bool { !isCollecting || report?.isFull != false }

    /// Whether a value meets a schema.
    mutating func meets(_ value: Value, _ node: Node.Pointer) -> Bool {
        var node = node
        // The path of a violation names the references on the way; without one, they are but steps.
        while !isCollecting, let alias = node.pointee.alias { node = alias }
        guard node.pointee.types.admits(value) else { return refuse(node.pointee.types) }
        var isMet = meetsKindRules(value, node)
        if !isMet, isDone { return false }
        for rule in node.pointee.values where !meets(value, rule) {
            isMet = false
            if isDone { return false }
        }
        for applicator in node.pointee.applicators where !meets(value, applicator) {
            isMet = false
            if isDone { return false }
        }
        return isMet
    }

    @inline(__always)
    private mutating func meetsKindRules(_ value: Value, _ node: Node.Pointer) -> Bool {
        switch value.kind {
        case .number: return meetsAll(value, node.pointee.numbers)
        case .string: return meetsAll(value, node.pointee.strings)
        case .array:
            guard let rules = node.pointee.array else { return true }
            return meets(value, rules)
        case .object:
            guard let rules = node.pointee.object else { return true }
            return meets(value, rules)
        case .null, .true, .false: return true
        }
    }

    private mutating func meets(_ value: Value, _ rule: ValueRule) -> Bool {
        for candidate in rule.values where candidate.isEqual(to: value) { return true }
        return refuse(rule.keyword == .const ? .notTheConstant : .notInEnum, by: rule.keyword) { rule.accepted }
    }
}

// The places of violations, and the violations themselves.
extension Evaluation {
    /// Applies a schema that a keyword holds to a value below the present one, or to the present one itself.
    mutating func applies(
        _ node: Node.Pointer, to value: Value, by keyword: Keyword, _ token: PathToken? = nil,
        at place: PathToken? = nil
    ) -> Bool {
        guard isCollecting, let report else { return meets(value, node) }
        let depths = (report.instancePath.count, report.keywordPath.count)
        report.keywordPath.append(.keyword(keyword))
        if let token { report.keywordPath.append(token) }
        if let place { report.instancePath.append(place) }
        defer {
            report.instancePath.removeLast(report.instancePath.count - depths.0)
            report.keywordPath.removeLast(report.keywordPath.count - depths.1)
        }
        return meets(value, node)
    }

    /// Whether a value meets a schema of which the violations are nobody's concern, such as that of `not`.
    mutating func quietlyMeets(_ value: Value, _ node: Node.Pointer) -> Bool {
        let wasCollecting = isCollecting
        isCollecting = false
        defer { isCollecting = wasCollecting }
        return meets(value, node)
    }

    /// Notes a violation of a keyword of the present schema if violations are collected. Always false.
    @inline(__always)
    mutating func refuse(
        _ reason: Violation.Reason, by keyword: Keyword, at place: PathToken? = nil, accepted: () -> String?
    ) -> Bool {
        if isCollecting { report?.note(reason, by: keyword, at: place, accepted: accepted()) }
        return false
    }

    private mutating func refuse(_ types: TypeSet) -> Bool {
        guard isCollecting else { return false }
        if types.isEmpty {
            report?.note(.notAllowed, by: nil, at: nil, accepted: nil)
        } else {
            report?.note(.wrongType, by: .type, at: nil, accepted: types.description)
        }
        return false
    }
}
