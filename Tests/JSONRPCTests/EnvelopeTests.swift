import JSON
import Testing

@testable import JSONRPC

@Suite("Envelope")
struct EnvelopeTests {
    /// What a message is taken for, in words: `call`, `notification`, `response`, or the reason and the id.
    private func classify(_ text: String, limits: Limits = Limits()) throws -> String {
        try Text(text).parse { value in
            switch Envelope.classify(value, limits: limits) {
            case .call(let envelope):
                envelope.id.map { "call \(Array($0.rawText).text)" } ?? "notification"
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
            (#"{"jsonrpc":"2.0","id":1,"method":"m","extra":1}"#, "-32600 unknown_member 1"),
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

    @Test("an id that is no string, number or null is refused without it", arguments: ["true", "false", "[]", "{}"])
    func refusesIDs(id: String) throws {
        #expect(try classify(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#) == "-32600 wrong_id_type null")
    }

    @Test("an id of the limit's length is served, a longer one refused")
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
