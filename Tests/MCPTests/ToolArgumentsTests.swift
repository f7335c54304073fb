import Bureau
import JSON
import Synchronization
import Testing

@testable import MCP

@Suite("From arguments to params, and from errors to advice")
struct ToolArgumentsTests {
    private let set: ToolSet

    init() throws {
        set = try Fixture.tools(.owner, ToolOptions(choice: .write))
    }

    private func failure(_ tool: String, _ arguments: String) -> String {
        do {
            _ = try Fixture.params(tool, arguments, in: set)
            return ""
        } catch {
            return (error as? ToolFailure)?.text ?? ""
        }
    }

    @Test("arguments that no tool has, such as those that hosts add, are refused and the accepted ones named")
    func unknown() {
        let text = failure(
            "event_latest", #"{"cpf":"52998224725","purpose":"fraud_prevention","toolCallId":"ana@example.com"}"#)
        #expect(text.contains("takes only: cpf, purpose, requester."))
        #expect(!text.contains("ana@") && !text.contains("toolCallId") && !text.contains("529"))
    }

    @Test("arguments that are needed and lack are named", arguments: ["{}", #"{"cpf":"52998224725"}"#])
    func missing(_ arguments: String) {
        #expect(failure("event_latest", arguments).contains("is needed"))
    }

    @Test("arguments that are no object are refused", arguments: ["[]", "null", "3", #""52998224725""#])
    func noObject(_ arguments: String) {
        #expect(failure("event_latest", arguments).contains("one object"))
    }

    @Test("a page has 20 events and 5 scores unless the call says otherwise")
    func pages() throws {
        let arguments = #"{"cpf":"52998224725","purpose":"fraud_prevention"}"#
        #expect(try Fixture.params("event_history", arguments, in: set).contains(#""limit":20"#))
        #expect(try Fixture.params("score_history", arguments, in: set).contains(#""limit":5"#))
        let limited = #"{"cpf":"52998224725","purpose":"fraud_prevention","limit":7}"#
        #expect(try Fixture.params("event_history", limited, in: set) == limited.replacing(" ", with: ""))
    }

    @Test("`remove` takes members away by the null of a merge patch, in objects within too")
    func removal() throws {
        #expect(
            try Fixture.params(
                "person_update",
                #"{"cpf":"52998224725","patch":{"name":"Ana","address":{"city":"Santos"}},"remove":["phone","address.street"]}"#,
                in: set)
                == #"{"cpf":"52998224725","patch":{"name":"Ana","address":{"city":"Santos","street":null},"phone":null}}"#
        )
        #expect(
            try Fixture.params("person_update", #"{"cpf":"52998224725","remove":["address.street"]}"#, in: set)
                == #"{"cpf":"52998224725","patch":{"address":{"street":null}}}"#)
        #expect(failure("person_update", #"{"cpf":"52998224725","remove":["cpf"]}"#).contains("phone"))
        #expect(failure("person_update", #"{"cpf":"52998224725","remove":"phone"}"#).contains("is a list of"))
    }

    @Test(
        "a member that `remove` names twice, or `patch` has too, is refused in words",
        arguments: [
            #""remove":["phone","phone"]"#, #""patch":{"phone":"+5511988887777"},"remove":["phone"]"#,
            #""patch":{"address":null},"remove":["address.street"]"#,
            #""patch":{"address":{"street":"Rua A"}},"remove":["address.street"]"#,
        ])
    func doubledRemoval(_ members: String) {
        #expect(failure("person_update", #"{"cpf":"52998224725",\#(members)}"#).contains("twice"))
    }

    @Test(
        "a masked form is not written as a value",
        arguments: [
            #"{"name":"A."}"#, #"{"surname":"S. B."}"#, #"{"motherName":"M****"}"#, #"{"phone":"+***5678"}"#,
            #"{"socialName":"*."}"#,
        ])
    func masked(_ patch: String) {
        let text = failure("person_update", #"{"cpf":"52998224725","patch":\#(patch)}"#)
        #expect(text.contains("masked_value: /patch/"), "\(patch) \(text)")
    }

    @Test("a whole name is written, and a masked CPF is not")
    func wholeTexts() {
        #expect(failure("person_update", #"{"cpf":"52998224725","patch":{"name":"Ana M.","surname":"Sá"}}"#) == "")
        #expect(failure("person_update", #"{"cpf":"***.982.247-**","patch":{"name":"Ana"}}"#).contains("/cpf"))
    }

    @Test("lists of which a part is hidden are no arguments of an update, and a profile is only written anew")
    func hiddenLists() throws {
        let list = try Fixture.list(set, .july2026)
        let update = try #require(list.root.elements.first { $0["name"]?.equals("profile_update") == true })
        let patch = try #require(update["inputSchema"]?["properties"]?["patch"]?["properties"])
        #expect(patch["housing"] != nil && patch["assets"] == nil && patch["incomeSources"] == nil)
        let arguments = #"{"cpf":"52998224725","patch":{"incomeSources":[]}}"#
        #expect(failure("profile_update", arguments).contains("forbidden: `incomeSources`"))
        let profile =
            #"{"cpf":"52998224725","birthDate":"1959-01-01","address":{"city":"X"},"assets":[],"incomeSources":[]}"#
        #expect(
            try Fixture.params("profile_put", profile, in: set) == profile.dropLast() + #","expectedVersion":0}"#)
        let open = try Fixture.tools(
            .owner, ToolOptions(choice: .write, revealed: [.text, .street, .birthDate]))
        #expect(try Fixture.params("profile_put", profile, in: open) == profile)
        #expect(try Fixture.params("profile_update", arguments, in: open) == arguments)
    }

    @Test("a page has at most 20 items, and a required kind is not told as optional")
    func largestPages() throws {
        let arguments = #"{"cpf":"52998224725","purpose":"fraud_prevention","limit":21}"#
        #expect(failure("score_history", arguments).contains("at most 20"))
        let list = try Fixture.list(set, .july2026)
        for tool in list.root.elements {
            if let limit = tool["inputSchema"]?["properties"]?["limit"] { #expect(limit["maximum"]?.int64 == 20) }
        }
        let record = list.root.elements.first { $0["name"]?.equals("event_record") == true }
        #expect(record?["inputSchema"]?["properties"]?["kind"]?["description"] == nil)
    }

    @Test("a cursor goes back to the daemon as the daemon gave it")
    func cursor() throws {
        let seen = try Fixture.content("event_history", #"{"events":[],"nextCursor":"17.E2E-52998224725"}"#, in: set)
        let page = try Document(seen.utf8)
        let cursor = try #require(page.withRoot { $0["nextCursor"]?.string })
        #expect(!cursor.contains("52998224725") && !cursor.contains("NTI5OTgyMjQ3MjU"))
        #expect(try Fixture.content("event_history", #"{"nextCursor":"17.E2E-52998224725"}"#, in: set).contains(cursor))
        let params = try Fixture.params(
            "event_history", #"{"cpf":"52998224725","purpose":"fraud_prevention","cursor":"\#(cursor)"}"#, in: set)
        #expect(params.contains(#""cursor":"17.E2E-52998224725""#))
        let forged = #"{"cpf":"52998224725","purpose":"fraud_prevention","cursor":"17.E2E-52998224725"}"#
        #expect(failure("event_history", forged).contains("Begin again"))
    }

    @Test("of many cursors the oldest are forgotten")
    func forgottenCursors() {
        let names = CursorNames()
        let given = (0..<1030).map { names.name(of: "\($0)") }
        #expect(Set(given).count == 1030)
        #expect(names.cursor(named: given[5]) == nil && names.cursor(named: given[6]) == "6")
        #expect(names.name(of: "1029") == given[1029])
    }

    @Test("an error has its reason, its places, what is accepted and what to do, and no name that a call made up")
    func errors() throws {
        let tool = try Fixture.tool("person_update", in: set)
        let error = #"""
            {"code":-32602,"message":"The params do not fit the method's schema.","data":{"reason":"invalid_params",
            "violations":[{"pointer":"/patch/address/52998224725","keyword":"/x","reason":"unknown_member"},
            {"pointer":"/cpf","keyword":"/x","reason":"invalid_format","accepted":"a CPF: 11 digits"}]}}
            """#
        let text = try Document(error.utf8).withRoot { tool.text(of: $0) }
        #expect(text.contains("invalid_params (-32602)") && text.contains("/patch/address: unknown_member"))
        #expect(text.contains("/cpf: invalid_format; accepted: a CPF: 11 digits") && text.contains("Next: correct"))
        #expect(!text.contains("52998224725"))
        let busy = #"{"code":1005,"message":"m","data":{"reason":"store_unavailable","base":"A","retryAfterMs":250}}"#
        let advice = try Document(busy.utf8).withRoot { tool.text(of: $0) }
        #expect(advice.contains("base: A, retryAfterMs: 250") && advice.contains("Next: nothing was written"))
    }
}

@Suite("Limits on a model")
struct ToolLimitsTests {
    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let state = Mutex<Int64>(0)
        var now: Instant { Instant(secondsSinceEpoch: 1_780_000_000 + state.withLock { $0 }) }
        func pass(seconds: Int64) { state.withLock { $0 += seconds } }
    }

    private static let cpfs = ["52998224725", "10000000019", "11144477735"]

    private func call(_ set: ToolSet, _ cpf: String) -> String? {
        do {
            try Fixture.params("event_latest", #"{"cpf":"\#(cpf)","purpose":"fraud_prevention"}"#, in: set)
            return nil
        } catch {
            return (error as? ToolFailure)?.text
        }
    }

    @Test("calls of a minute are limited, and a refusal tells how long to wait")
    func calls() throws {
        let clock = Clock()
        let set = try Fixture.tools(.owner, ToolOptions(callsPerMinute: 2)) { clock.now }
        #expect(call(set, Self.cpfs[0]) == nil)
        clock.pass(seconds: 20)
        #expect(call(set, Self.cpfs[0]) == nil)
        clock.pass(seconds: 10)
        #expect(call(set, Self.cpfs[0])?.contains("Wait 30 seconds") == true)
        clock.pass(seconds: 30)
        #expect(call(set, Self.cpfs[0]) == nil)
        #expect(call(set, Self.cpfs[0])?.contains("Wait 20 seconds") == true)
    }

    @Test("different persons of an hour are limited; those asked for already are not refused")
    func subjects() throws {
        let clock = Clock()
        let set = try Fixture.tools(.owner, ToolOptions(subjectsPerHour: 2)) { clock.now }
        #expect(call(set, Self.cpfs[0]) == nil)
        clock.pass(seconds: 600)
        #expect(call(set, Self.cpfs[1]) == nil)
        #expect(call(set, Self.cpfs[2])?.contains("Wait 3000 seconds") == true)
        #expect(call(set, "111.444.777-35")?.contains("different persons") == true)
        #expect(call(set, Self.cpfs[1]) == nil)
        clock.pass(seconds: 3_000)
        #expect(call(set, Self.cpfs[2]) == nil)
    }

    @Test("what was refused before the stores were open is recorded when they are")
    func recordedLater() throws {
        let set = try Fixture.tools(.owner, ToolOptions(callsPerMinute: 1))
        #expect(call(set, Self.cpfs[0]) == nil)
        #expect(call(set, Self.cpfs[1]) != nil)
        let refused = Mutex<[CPF]>([])
        for _ in 1...2 { set.refusedCalls.record { _, cpf in refused.withLock { $0.append(cpf) } } }
        #expect(refused.withLock { $0.map(\.text) } == [Self.cpfs[1]])
    }

    @Test("a refusal is recorded as an access that was denied, and an admitted call is not")
    func recorded() throws {
        let set = try Fixture.tools(.owner, ToolOptions(callsPerMinute: 1))
        let refused = Mutex<[(Access, CPF)]>([])
        set.refusedCalls.record { access, cpf in refused.withLock { $0.append((access, cpf)) } }
        #expect(call(set, Self.cpfs[0]) == nil)
        #expect(refused.withLock { $0.count } == 0)
        #expect(call(set, Self.cpfs[1]) != nil)
        let (access, cpf) = try #require(refused.withLock { $0.first })
        #expect(access.method == "event.latest" && access.purpose == .fraudPrevention && access.base == .c)
        #expect(cpf.text == Self.cpfs[1] && access.requester == nil)
        for (requester, recorded) in [("Loja Exemplo", "Loja Exemplo"), ("Loja 52998224725", nil)] {
            let arguments = #"{"cpf":"10000000019","purpose":"fraud_prevention","requester":"\#(requester)"}"#
            #expect(throws: ToolFailure.self) { try Fixture.params("profile_get", arguments, in: set) }
            let access = refused.withLock { $0.last?.0 }
            #expect(access?.requester == recorded && access?.base == .b)
        }
    }
}
