import JSON

/// A way in which a value does not meet its schema. Violations hold nothing of the value.
public struct Violation: Equatable, Sendable {
    /// The JSON Pointer (RFC 6901) of the value. Members that the schema does not name are `*` unless names were asked
    /// for.
    public let instancePointer: String
    /// The JSON Pointer of the keyword, from the root schema through references (core §12.3.1).
    public let keywordPointer: String
    public let reason: Reason
    /// The accepted values in readable form: `integer`, `one of open, settled`, `required: purpose`; of a format, its
    /// words with an example.
    public let accepted: String?

    /// The kinds of violations. The raw values are stable and are sent to clients.
    public enum Reason: String, Sendable, CaseIterable {
        case wrongType = "wrong_type"
        case notInEnum = "not_in_enum"
        case notTheConstant = "not_the_constant"
        case missingMember = "missing_member"
        case unknownMember = "unknown_member"
        case tooFewMembers = "too_few_members"
        case tooManyMembers = "too_many_members"
        case tooSmall = "too_small"
        case tooLarge = "too_large"
        case notAMultiple = "not_a_multiple"
        case tooShort = "too_short"
        case tooLong = "too_long"
        case patternMismatch = "pattern_mismatch"
        case invalidFormat = "invalid_format"
        case tooFewItems = "too_few_items"
        case tooManyItems = "too_many_items"
        case repeatedItem = "repeated_item"
        case tooFewMatchingItems = "too_few_matching_items"
        case tooManyMatchingItems = "too_many_matching_items"
        /// No branch of an `anyOf` or `oneOf` accepts the value.
        case noBranchMatches = "no_branch_matches"
        /// More than one branch of a `oneOf` accepts the value.
        case severalBranchesMatch = "several_branches_match"
        /// `not` or the schema `false` excludes the value.
        case notAllowed = "not_allowed"
    }
}

/// The violations found by an evaluation, with its current paths in value and schema.
final class ViolationCollector {
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

    /// Records a violation of a keyword in the current schema, by the current value or its child at `token`.
    func record(_ reason: Violation.Reason, by keyword: Keyword?, at token: PathToken?, accepted: String?) {
        guard !isFull else { return }
        let instance = PathToken.pointer(instancePath + (token.map { [$0] } ?? []), tellingNames: tellsNames)
        let schema = PathToken.pointer(keywordPath + (keyword.map { [.keyword($0)] } ?? []), tellingNames: tellsNames)
        let violation = Violation(instancePointer: instance, keywordPointer: schema, reason: reason, accepted: accepted)
        // For example, two unknown members of one object give equal violations.
        if !violations.contains(violation) { violations.append(violation) }
    }
}

/// A reference token in the path to a value or keyword.
enum PathToken {
    case keyword(Keyword)
    /// A name from the schema.
    case name(UnsafeBufferPointer<UInt8>)
    case index(Int)
    /// The key of a member that the schema does not name, written as `*` unless names are asked for.
    case unnamed(Value)
    /// The key of a member that is not allowed, omitted from the path unless names are asked for.
    case unknown(Value)

    private func text(tellingNames: Bool) -> String? {
        switch self {
        case .keyword(let keyword): keyword.rawValue
        case .name(let bytes): String(decoding: bytes, as: UTF8.self)
        case .index(let index): String(index)
        case .unnamed(let key): tellingNames ? key.string : "*"
        case .unknown(let key): tellingNames ? key.string : nil
        }
    }

    /// Joins tokens to a JSON Pointer.
    static func pointer(_ tokens: [PathToken], tellingNames: Bool) -> String {
        tokens.reduce(into: "") { pointer, token in
            if let text = token.text(tellingNames: tellingNames) { pointer += "/" + JSONPointer.escaped(text) }
        }
    }
}
