import JSON

/// An evaluation of a value by a compiled schema.
///
/// The same code either stops at the first violation, without allocation, or collects violations with their paths.
struct Evaluation {
    /// The collector of violations; nil if the first violation ends the evaluation.
    private let collector: ViolationCollector?
    private(set) var isCollecting: Bool
    var memo: OutcomeMemo
    /// The evaluated elements or members of the current value, maintained only by tracked schemas.
    var evaluated = EvaluatedPositions()

    /// Prepares an evaluation that stops at the first violation, or collects violations if there is a collector.
    init(of root: Value, for collector: ViolationCollector? = nil) {
        self.collector = collector
        isCollecting = collector != nil
        memo = OutcomeMemo(for: root)
    }

    /// Whether the evaluation can stop after a violation.
    var isDone: Bool { !isCollecting || collector?.isFull != false }

    /// Whether a value meets a schema.
    mutating func meets(_ value: Value, _ node: Node.Pointer) -> Bool {
        var node = node
        // References are skipped unless paths are collected, because paths include them.
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

// Paths and violations.
extension Evaluation {
    /// Applies the schema under a keyword to the current value or a child.
    ///
    /// `token` is the path from the keyword to the schema, `child` the path from the current value to `value`.
    mutating func applies(
        _ node: Node.Pointer, to value: Value, by keyword: Keyword, _ token: PathToken? = nil,
        at child: PathToken? = nil
    ) -> Bool {
        guard isCollecting, let collector else { return meets(value, node) }
        let depths = (collector.instancePath.count, collector.keywordPath.count)
        collector.keywordPath.append(.keyword(keyword))
        if let token { collector.keywordPath.append(token) }
        if let child { collector.instancePath.append(child) }
        defer {
            collector.instancePath.removeLast(collector.instancePath.count - depths.0)
            collector.keywordPath.removeLast(collector.keywordPath.count - depths.1)
        }
        return meets(value, node)
    }

    /// Whether a value meets a schema whose violations are not collected, such as the schema of `not`.
    mutating func quietlyMeets(_ value: Value, _ node: Node.Pointer) -> Bool {
        let wasCollecting = isCollecting
        isCollecting = false
        defer { isCollecting = wasCollecting }
        return meets(value, node)
    }

    /// Records a violation of a keyword in the current schema, if violations are collected. Returns false.
    @inline(__always)
    mutating func refuse(
        _ reason: Violation.Reason, by keyword: Keyword, at child: PathToken? = nil, accepted: () -> String?
    ) -> Bool {
        if isCollecting { collector?.record(reason, by: keyword, at: child, accepted: accepted()) }
        return false
    }

    private mutating func refuse(_ types: TypeSet) -> Bool {
        guard isCollecting else { return false }
        if types.isEmpty {
            collector?.record(.notAllowed, by: nil, at: nil, accepted: nil)
        } else {
            collector?.record(.wrongType, by: .type, at: nil, accepted: types.description)
        }
        return false
    }
}

/// The positions of evaluated elements or members (core §11).
struct EvaluatedPositions {
    /// The bound below which all positions are evaluated.
    private var start = 0
    /// A bit for each of the first 64 positions.
    private var first: UInt64 = 0
    /// The evaluated positions beyond the first 64; nil for most values.
    private var others: Set<Int>?

    func contains(_ position: Int) -> Bool {
        if position < start { return true }
        return position < 64 ? first & 1 << UInt64(position) != 0 : others?.contains(position) == true
    }

    mutating func insert(_ position: Int) {
        if position < 64 {
            first |= 1 << UInt64(position)
        } else {
            if others == nil { others = [] }
            others?.insert(position)
        }
    }

    mutating func insertAll(below end: Int) { start = max(start, end) }

    mutating func formUnion(_ other: EvaluatedPositions) {
        start = max(start, other.start)
        first |= other.first
        if let added = other.others { others = others?.union(added) ?? added }
    }
}

/// The memoized outcomes of schemas that are applied by several others.
///
/// Without the memo, a schema that refers to itself twice takes time that doubles with each level of the value. The
/// memo stays unused until there are more evaluations than an ordinary value causes.
struct OutcomeMemo {
    private var unmemoizedCount: Int
    private var outcomes: [Key: Bool]?

    private struct Key: Hashable {
        let schema: Node.Pointer
        let offset: Int
    }

    init(for root: Value) { unmemoizedCount = 4096 + 4 * root.rawText.count }

    /// Counts an evaluation, and returns whether the evaluation need not be memoized.
    mutating func skips() -> Bool {
        guard unmemoizedCount > 0 else { return false }
        unmemoizedCount -= 1
        return true
    }

    subscript(value: Value, schema: Node.Pointer) -> Bool? {
        get { outcomes?[Key(schema: schema, offset: value.offset)] }
        set {
            if outcomes == nil { outcomes = [:] }
            outcomes?[Key(schema: schema, offset: value.offset)] = newValue
        }
    }
}
