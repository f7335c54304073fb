import JSON
import Testing

@testable import JSONRPC

@Suite("Failure")
struct FailureTests {
    private func json(_ failure: Failure) -> String {
        var writer = Writer()
        failure.write(to: &writer)
        return writer.take().text
    }

    @Test("a failure is written with its code, its sentence and the code's own reason")
    func plain() {
        #expect(
            json(Failure(.notFound))
                == #"{"code":1001,"message":"There is no such subject or record.","data":{"reason":"not_found"}}"#)
    }

    @Test("a more precise reason replaces the code's, and details follow it")
    func details() {
        let failure = Failure(
            .storeUnavailable, reason: "gone", details: [.text("base", "A"), .integer("retryAfterMs", -5)])
        let sentence = ErrorCode.storeUnavailable.message
        #expect(
            json(failure)
                == #"{"code":1005,"message":"\#(sentence)","data":{"reason":"gone","base":"A","retryAfterMs":-5}}"#)
    }

    @Test("a failure's own message stands in place of the sentence of its code, and leaves the reason as it is")
    func ownMessage() {
        let failure = Failure(.storeUnavailable, message: "The store is full.", details: [.text("base", "A")])
        #expect(
            json(failure)
                == #"{"code":1005,"message":"The store is full.","data":{"reason":"store_unavailable","base":"A"}}"#)
    }

    @Test("violations are written as a list, and unknown accepted values are left out")
    func violations() throws {
        let failure = Failure(
            .invalidParams,
            violations: [
                ParamsViolation(pointer: "/a~1b", keyword: "/type", reason: "wrong_type", accepted: "integer"),
                ParamsViolation(pointer: "", keyword: "", reason: "duplicate_key", accepted: nil),
            ])
        let list = try Text(json(failure)).parse { value in
            Array(try #require(value["data"]?["violations"]).rawText).text
        }
        #expect(
            list == #"[{"pointer":"/a~1b","keyword":"/type","reason":"wrong_type","accepted":"integer"},"#
                + #"{"pointer":"","keyword":"","reason":"duplicate_key"}]"#)
    }

    @Test("every failure is one JSON text on one line")
    func isJSON() throws {
        let hostile = "\"\\\n\u{2028}\u{0}é"
        let failure = Failure(
            .invalidParams, reason: hostile, details: [.text("t", hostile)],
            violations: [ParamsViolation(pointer: hostile, keyword: hostile, reason: hostile, accepted: hostile)])
        let text = json(failure)
        #expect(!text.utf8.contains(0x0A))
        let pointer = try Text(text).parse { value in
            value["data"]?["violations"]?.element(at: 0)?["pointer"]?.string
        }
        #expect(pointer == hostile)
    }
}

@Suite("ErrorCode")
struct ErrorCodeTests {
    /// The table of the design, by code.
    private static let table: [Int: String] = [
        -32700: "parse_error", -32600: "invalid_request", -32601: "method_not_found", -32602: "invalid_params",
        -32603: "internal_error", -32800: "request_cancelled", 1001: "not_found", 1002: "already_exists",
        1003: "version_conflict", 1004: "forbidden", 1005: "store_unavailable", 1006: "outcome_unknown",
        1007: "deadline_exceeded", 1008: "audit_unavailable", 1009: "busy", 1010: "idempotency_conflict",
        1011: "event_conflict",
        1012: "unscorable", 1013: "limit_reached", 1014: "integrity",
    ]

    @Test("each code has the reason that the design gives it", arguments: ErrorCode.allCases)
    func agrees(code: ErrorCode) {
        #expect(Self.table[code.rawValue] == code.reason)
    }

    @Test("the design has no other codes, and no reason is repeated")
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
