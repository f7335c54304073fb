/// The targets by their names.
package enum TargetName: String, CaseIterable, Sendable {
    case parse, pattern, validate, line, pmml

    package func make() -> any FuzzTarget {
        switch self {
        case .parse: ParseTarget()
        case .pattern: PatternTarget()
        case .validate: ValidateTarget()
        case .line: LineTarget()
        case .pmml: PMMLTarget()
        }
    }
}
