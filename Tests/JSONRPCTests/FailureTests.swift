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

    @Test("a more precise reason stands in for the code's, and details follow it")
    func details() {
        let failure = Failure(
            .storeUnavailable, reason: "gone", details: [.text("base", "A"), .integer("retryAfterMs", -5)])
        let sentence = ErrorCode.storeUnavailable.message
        #expect(
            json(failure)
                == #"{"code":1005,"message":"\#(sentence)","data":{"reason":"gone","base":"A","retryAfterMs":-5}}"#)
    }

    @Test("violations are written as a list, without what is accepted where that is not known")
    func violations() throws {
        let failure = Failure(
            .invalidParams,
            violations: [
                ParamsViolation(pointer: "/a~1b", keyword: "/type", reason: "wrong_type", accepted: "integer"),
                ParamsViolation(pointer: "", reason: "duplicate_key"),
            ])
        let list = try Text(json(failure)).parse { value in
            Array(try #require(value["data"]?["violations"]).rawText).text
        }
        #expect(
            list == #"[{"pointer":"/a~1b","keyword":"/type","reason":"wrong_type","accepted":"integer"},"#
                + #"{"pointer":"","keyword":"","reason":"duplicate_key"}]"#)
    }

    @Test("whatever a failure is made of, it is one JSON text on one line")
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
