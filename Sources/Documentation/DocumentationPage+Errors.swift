import Bureau
import JSON
import JSONRPC
import JSONSchema
import Methods

/// The sections of errors, of reasons of violations, and of purposes.
extension DocumentationPage {
    var errors: HTML {
        let rows = ErrorCode.allCases.map { code in
            let meaning = ErrorMeaning(of: code)
            let members = meaning.members.map { "<code>\($0.name)</code> \($0.text)" as HTML }
            return """
                <tr id=\(code.reason)><td>\(code.rawValue)<td><code>\(code.reason)</code><td>\(code.message) \
                \(meaning.meaning)<td>\(members.joined("<br>"))

                """ as HTML
        }
        return """
            <h2 id=errors>Errors</h2><p><code>error.data.reason</code> is stable; no error holds a value of the request.
            <div class=wide><table data-kind=error><thead><tr><th>Code<th>Reason<th>Meaning<th>Members of data<tbody>
            \(rows.joined())</table></div>
            \(reasons)
            """
    }

    /// The reasons that a violation of params can have.
    private var reasons: HTML {
        let forms = Violation.Reason.allCases.map { reason in (reason.rawValue, Self.words(of: reason)) }
        let rules = RuleReason.allCases.map { reason in (reason.rawValue, "accepted: \(reason.accepted)") }
        var told: Set<String> = []
        let rows = (forms + rules + Self.methodReasons).filter { told.insert($0.0).inserted }.map { reason, words in
            "<dt id=\(reason)>\(reason)<dd>\(words)\n" as HTML
        }
        let lines = SyntaxError.Reason.allCases.map(\.rawValue) + [ContentHeader.reason]
        let requests = RequestFlaw.allCases.map(\.rawValue)
        return """
            <h3 id=reasons>Reasons of violations</h3><p>Of each entry of <code>data.violations</code> under -32602.
            <dl>\(rows.joined())</dl>
            <p>Of -32700 <code>data.reason</code> is one of \(list(lines)), of -32600 one of \(list(requests)).

            """
    }

    private func list(_ words: [String]) -> HTML { words.map { "<code>\($0)</code>" as HTML }.joined(" ") }

    /// Reasons that methods give beside those of schemas and rules.
    private static let methodReasons = [
        ("duplicate_key", "a member stands twice"), ("not_after_from", "a time that is not after the other"),
        ("unknown_model", "no scorecard of this name is served"), ("unknown_version", "no such version of the card"),
        ("shadow_model", "a shadow's scores are not answered"),
    ]

    private static func words(of reason: Violation.Reason) -> String {
        switch reason {
        case .wrongType: "another type of JSON is wanted"
        case .notInEnum: "none of the listed values"
        case .notTheConstant: "not the one value that is allowed"
        case .missingMember: "a member has to be there"
        case .unknownMember: "a member that nobody knows"
        case .tooFewMembers: "an object with too few members"
        case .tooManyMembers: "an object with too many members"
        case .tooSmall: "a number below the least"
        case .tooLarge: "a number above the greatest"
        case .notAMultiple: "a number that is no multiple"
        case .tooShort: "a text with too few characters"
        case .tooLong: "a text with too many characters"
        case .patternMismatch: "a text that a pattern refuses"
        case .invalidFormat: "a text that is not of the format; accepted tells it with an example"
        case .tooFewItems: "a list with too few items"
        case .tooManyItems: "a list with too many items"
        case .repeatedItem: "a list with two items alike"
        case .tooFewMatchingItems: "a list with too few items of a kind"
        case .tooManyMatchingItems: "a list with too many items of a kind"
        case .noBranchMatches: "none of several forms"
        case .severalBranchesMatch: "more than one of several forms"
        case .notAllowed: "a value that must not be there"
        }
    }

    /// The purposes of reads with the law that allows each, and who may read for it.
    var purposes: HTML {
        let rows = policy.purposes.map { item in
            let roles = policy.roles.map(\.role).filter {
                !policy.policy.disclosures($0, item.purpose).shown.isEmpty
            }
            return """
                <tr id=\(item.purpose.rawValue)><td><code>\(item.purpose.rawValue)</code><td>\(item.basis)\
                <td>\(item.description)<td>\(roles.map(\.rawValue).joined(separator: ", "))

                """ as HTML
        }
        let roles = policy.roles.map { "<dt>\($0.role.rawValue)<dd>\($0.description)\n" as HTML }
        return """
            <h2 id=purposes>Purposes</h2><p>Each read names one; the LGPD is Law 13.709/2018. \
            <code>creditd policy</code> prints what each role is given for each purpose, plain or masked.
            <div class=wide><table data-kind=purpose><thead><tr><th>Purpose<th>Legal basis<th>Meaning\
            <th>Roles that are given anything<tbody>
            \(rows.joined())</table></div>
            <h3>Roles</h3><dl>\(roles.joined())</dl>

            """
    }
}
