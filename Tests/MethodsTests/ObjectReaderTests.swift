import Bureau
import JSON
import JSONRPC
import Testing

@testable import Methods

@Suite("ObjectReader")
struct ObjectReaderTests {
    /// The violation with which reading fails, as `pointer reason`; nil when it does not fail.
    private func violation(_ json: String, _ read: (ObjectReader) throws(Failure) -> Void) throws -> String? {
        try Text(json).parse { value in
            do throws(Failure) {
                try read(ObjectReader(value, of: "test", at: "/at"))
                return nil
            } catch {
                let text = Text { error.write(to: &$0) }.string
                #expect(!text.contains("s3cret") && !text.contains("424242424242"))
                let violation = try #require(error.violations.first)
                return "\(violation.pointer) \(violation.reason)"
            }
        }
    }

    @Test("the error of a missing member names its object and the member")
    func missing() throws {
        #expect(
            try violation("{}") { (it) throws(Failure) in _ = try it.required("k", CPF.self) } == "/at missing_member")
        #expect(try violation("{}") { (it) throws(Failure) in _ = try it.text("k") } == "/at missing_member")
        #expect(
            try violation("{}") { (it) throws(Failure) in _ = try it.integer("k", Int.self) } == "/at missing_member")
        #expect(try violation("{}") { (it) throws(Failure) in _ = try it.money("k") } == "/at missing_member")
        #expect(try violation("{}") { (it) throws(Failure) in _ = try it.object("k") } == "/at missing_member")
    }

    @Test("the error of a malformed text names its place and never holds the text")
    func invalidText() throws {
        for json in [#"{"k":"s3cret"}"#, #"{"k":424242424242}"#, #"{"k":["s3cret"]}"#, #"{"k":null}"#] {
            #expect(
                try violation(json) { (it) throws(Failure) in _ = try it.required("k", CPF.self) }
                    == "/at/k invalid_format")
            #expect(
                try violation(json) { (it) throws(Failure) in _ = try it.optional("k", Instant.self) }
                    == "/at/k invalid_format")
        }
    }

    @Test(
        "the error of a number outside its type names its place and never holds the number",
        arguments: ["424242424242", "-424242424242", "0.5", "1e400", #""s3cret""#, "null", "[]"])
    func invalidNumber(number: String) throws {
        let json = #"{"k":\#(number)}"#
        #expect(
            try violation(json) { (it) throws(Failure) in _ = try it.integer("k", Int32.self) } == "/at/k too_large")
    }

    @Test("a number inside its type is read in any form", arguments: ["7", "7.0", "70e-1", "0.7e1"])
    func numbers(number: String) throws {
        let read = try Text(#"{"k":\#(number)}"#).parse { try ObjectReader($0, of: "test").integer("k", Int32.self) }
        #expect(read == 7)
    }

    @Test("the place of an inner value names the index in its array")
    func innerPlaces() throws {
        let json = #"{"list":[{"k":1},{"k":"s3cret"}],"inner":{"k":"s3cret"}}"#
        #expect(
            try violation(json) { (it) throws(Failure) in
                _ = try it.objects("list") { (item) throws(Failure) in try item.money("k") }
            } == "/at/list/1/k too_large")
        #expect(
            try violation(json) { (it) throws(Failure) in _ = try it.object("inner").required("k", CPF.self) }
                == "/at/inner/k invalid_format")
        #expect(
            try violation(json) { (it) throws(Failure) in _ = try it.object("inner").object("x") }
                == "/at/inner missing_member")
    }

    @Test("a member of a patch is kept when absent, removed by null, and set by a value")
    func changes() throws {
        try Text(#"{"gone":null,"new":"2026-01-31","text":"a"}"#).parse { value in
            let reader = ObjectReader(value, of: "test")
            let dates = try ["absent", "gone", "new"].map { try reader.change($0, CalendarDate.self) }
            #expect(dates == [.keep, .remove, .set(try #require(CalendarDate("2026-01-31")))])
            let texts = try ["absent", "gone", "text"].map { try reader.textChange($0) }
            #expect(texts == [.keep, .remove, .set("a")])
        }
    }
}
