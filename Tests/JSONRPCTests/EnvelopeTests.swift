import JSON
import Testing

@testable import JSONRPC

@Suite("Envelope")
struct EnvelopeTests {
    /// Returns the kind of a message: `call`, `notification`, `extended`, `response`, or the reason of its refusal and
    /// its id.
    private func classify(_ text: String, limits: Limits = Limits()) throws -> String {
        try Text(text).parse { value in
            switch Envelope.classify(value, limits: limits) {
            case .call(let envelope):
                envelope.id.map { "call \(Array($0.rawText).text)" } ?? "notification"
            case .extended(let envelope): "extended \(Array(envelope.idText).text)"
            case .response: "response"
            case .invalid(let failure, let id):
                "\(failure.code.rawValue) \(failure.reason ?? "") \(id.map { Array($0.rawText).text } ?? "null")"
            }
        }
    }

    @Test(
        "a message is told apart by its members",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, "call 1"),
            (#"{"method":"m","params":{},"id":"a","jsonrpc":"2.0"}"#, #"call "a""#),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":[]}"#, "call 1"),
            (#"{"jsonrpc":"2.0","method":"m"}"#, "notification"),
            (#"{"jsonrpc":"2.0","id":1,"method":""}"#, "call 1"),
            (#"{"\u006asonrpc":"2.0","i\u0064":1,"method":"m"}"#, "call 1"),
            (#"{"jsonrpc":"2.0","id":1,"result":5}"#, "response"),
            (#"{"jsonrpc":"2.0","id":null,"error":{}}"#, "response"),
            (#"{"result":5}"#, "response"),
            ("1", "-32600 not_an_object null"),
            (#""x""#, "-32600 not_an_object null"),
            ("null", "-32600 not_an_object null"),
            ("[]", "-32600 not_an_object null"),
            ("{}", "-32600 wrong_version null"),
            (#"{"foo":1}"#, "-32600 wrong_version null"),
            (#"{"id":1,"method":"m"}"#, "-32600 wrong_version 1"),
            (#"{"jsonrpc":"2.1","id":1,"method":"m"}"#, "-32600 wrong_version 1"),
            (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, "-32600 wrong_version 1"),
            (#"{"jsonrpc":"2.0","id":1}"#, "-32600 no_method 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":5}"#, "-32600 wrong_method_type 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":null}"#, "-32600 wrong_method_type 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}"#, "-32600 wrong_params_type 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":7}"#, "-32600 wrong_params_type 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#, "-32600 wrong_params_type 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","extra":1}"#, "extended 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":5,"extra":1}"#, "-32600 unknown_member 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":7,"extra":1}"#, "-32600 unknown_member 1"),
            (#"{"jsonrpc":"2.0","id":1,"extra":1}"#, "-32600 unknown_member 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","result":1}"#, "-32600 both_request_and_response 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","error":{}}"#, "-32600 both_request_and_response 1"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","method":"n"}"#, "-32600 duplicate_key null"),
            (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#, "-32600 duplicate_key null"),
            (#"{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"m"}"#, "-32600 duplicate_key null"),
        ])
    func tellsApart(message: String, expected: String) throws {
        #expect(try classify(message) == expected)
    }

    @Test(
        "an id is kept byte for byte",
        arguments: [
            #""a""#, #""""#, "0", "-1", "-0", "1.5", "1e2", "1E+2", "18446744073709551616", "0.10", "null",
            #""\u0061\u2028\/""#, #""é""#,
        ])
    func keepsIDs(id: String) throws {
        #expect(try classify(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#) == "call \(id)")
    }

    @Test(
        "an id that is no string, number or null is refused, and not repeated",
        arguments: ["true", "false", "[]", "{}"])
    func refusesIDs(id: String) throws {
        #expect(try classify(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#) == "-32600 wrong_id_type null")
    }

    @Test("an id of the limit's length is served, and a longer id is refused")
    func limitsIDs() throws {
        var limits = Limits()
        limits.maximumIDBytes = 8
        #expect(try classify(#"{"jsonrpc":"2.0","id":"123456","method":"m"}"#, limits: limits) == #"call "123456""#)
        #expect(
            try classify(#"{"jsonrpc":"2.0","id":"1234567","method":"m"}"#, limits: limits)
                == "-32600 id_too_long null")
        #expect(
            try classify(#"{"jsonrpc":"2.0","id":123456789,"method":"m"}"#, limits: limits)
                == "-32600 id_too_long null")
    }
}

@Suite("Meta")
struct CallMetaTests {
    /// Returns the members of `meta` in short, or the reason and the place of its refusal.
    private func digest(_ text: String) throws -> String {
        try Text(text).parse { value in
            do throws(Failure) {
                let meta = try CallMeta(value, limits: Limits())
                let token = meta.workDoneToken.map { Array($0.rawText).text }
                return "\(meta.deadlineMilliseconds ?? 0) \(meta.isDryRun) \(token ?? "none")"
            } catch {
                guard case .text(_, let pointer)? = error.details.first else { return "no place" }
                return "\(error.code.rawValue) \(error.reason ?? "") \(pointer)"
            }
        }
    }

    @Test(
        "members are read, and an unknown or invalid one is refused with its place",
        arguments: [
            ("{}", "0 false none"),
            (#"{"deadlineMs":500,"dryRun":true,"workDoneToken":"t"}"#, #"500 true "t""#),
            (#"{"deadlineMs":1.0,"workDoneToken":-7}"#, "1 false -7"),
            (#"{"deadlineMs":86400000}"#, "86400000 false none"),
            (#"{"deadlineMs":86400001}"#, "-32600 out_of_range /meta/deadlineMs"),
            (#"{"deadlineMs":0}"#, "-32600 out_of_range /meta/deadlineMs"),
            (#"{"deadlineMs":-1}"#, "-32600 out_of_range /meta/deadlineMs"),
            (#"{"deadlineMs":0.5}"#, "-32600 wrong_type /meta/deadlineMs"),
            (#"{"deadlineMs":1e999}"#, "-32600 wrong_type /meta/deadlineMs"),
            (#"{"deadlineMs":"5"}"#, "-32600 wrong_type /meta/deadlineMs"),
            (#"{"deadlineMs":null}"#, "-32600 wrong_type /meta/deadlineMs"),
            (#"{"dryRun":1}"#, "-32600 wrong_type /meta/dryRun"),
            (#"{"workDoneToken":1.5}"#, "-32600 wrong_type /meta/workDoneToken"),
            (#"{"workDoneToken":null}"#, "-32600 wrong_type /meta/workDoneToken"),
            (#"{"workDoneToken":"\#(String(repeating: "t", count: 255))"}"#, "-32600 too_long /meta/workDoneToken"),
            (#"{"idempotencyKey":"a-1~!"}"#, "0 false none"),
            (#"{"idempotencyKey":"\#(String(repeating: "k", count: 64))"}"#, "0 false none"),
            (#"{"idempotencyKey":"\#(String(repeating: "k", count: 65))"}"#, "-32600 too_long /meta/idempotencyKey"),
            (#"{"idempotencyKey":""}"#, "-32600 too_short /meta/idempotencyKey"),
            (#"{"idempotencyKey":7}"#, "-32600 wrong_type /meta/idempotencyKey"),
            (#"{"idempotencyKey":"a b"}"#, "-32600 invalid_format /meta/idempotencyKey"),
            (#"{"idempotencyKey":"\u007f"}"#, "-32600 invalid_format /meta/idempotencyKey"),
            (#"{"idempotencyKey":"é"}"#, "-32600 invalid_format /meta/idempotencyKey"),
            (#"{"dryrun":true}"#, "-32600 unknown_member /meta"),
            (#"{"dryRun":true,"dryRun":false}"#, "-32600 duplicate_key /meta"),
            ("[]", "-32600 wrong_meta_type /meta"),
            ("null", "-32600 wrong_meta_type /meta"),
        ])
    func reads(meta: String, expected: String) throws {
        #expect(try digest(meta) == expected)
    }
}
