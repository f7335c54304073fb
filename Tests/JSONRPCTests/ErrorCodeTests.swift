import Testing

@testable import JSONRPC

@Suite("ErrorCode")
struct ErrorCodeTests {
    /// The table of the design, by code.
    private static let table: [Int: String] = [
        -32700: "parse_error", -32600: "invalid_request", -32601: "method_not_found", -32602: "invalid_params",
        -32603: "internal_error", -32800: "request_cancelled", 1001: "not_found", 1002: "already_exists",
        1003: "version_conflict", 1004: "forbidden", 1005: "store_unavailable", 1006: "outcome_unknown",
        1007: "deadline_exceeded", 1008: "audit_unavailable", 1009: "busy",
    ]

    @Test("each code has the reason that the design gives it", arguments: ErrorCode.allCases)
    func agrees(code: ErrorCode) {
        #expect(Self.table[code.rawValue] == code.reason)
    }

    @Test("the design has no code beside these, and no reason stands twice")
    func isComplete() {
        #expect(Set(ErrorCode.allCases.map(\.rawValue)) == Set(Self.table.keys))
        #expect(Set(ErrorCode.allCases.map(\.reason)).count == ErrorCode.allCases.count)
        #expect(Set(ErrorCode.allCases.map(\.message)).count == ErrorCode.allCases.count)
    }

    @Test("a message is one sentence", arguments: ErrorCode.allCases)
    func sentence(code: ErrorCode) {
        #expect(code.message.hasSuffix(".") && code.message.first?.isUppercase == true)
        #expect(code.message.allSatisfy { !$0.isNewline })
    }

    @Test("a reason is in snake case", arguments: ErrorCode.allCases)
    func snakeCase(code: ErrorCode) {
        #expect(code.reason.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
    }
}
