import JSON
import Testing

@testable import JSONRPC

@Suite("Meta")
struct CallMetaTests {
    /// What `meta` asks for in short, or the reason and the place of its refusal.
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
        "its members are read, and what is unknown or unfit is refused with its place",
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
            (#"{"dryrun":true}"#, "-32600 unknown_member /meta"),
            (#"{"dryRun":true,"dryRun":false}"#, "-32600 duplicate_key /meta"),
            ("[]", "-32600 wrong_meta_type /meta"),
            ("null", "-32600 wrong_meta_type /meta"),
        ])
    func reads(meta: String, expected: String) throws {
        #expect(try digest(meta) == expected)
    }
}
