import JSON
import Testing

@testable import JSONRPC

@Suite("MethodTable")
struct MethodTableTests {
    private func table() throws -> MethodTable {
        let schema = try anySchema()
        let names = ["system.ping", "person.get", "person.create"]
        return MethodTable(names.map { .init(.immediate($0) { _, writer in writer.null() }, schema: schema) })
    }

    private func index(of name: String) throws -> Int? {
        let table = try table()
        return try Text(name).parse { table.index(of: $0) }
    }

    private func suggestion(for name: String) throws -> String? {
        let table = try table()
        return try Text(name).parse { table.suggestion(for: $0) }
    }

    @Test(
        "a method is found by its name, escapes understood",
        arguments: [
            (#""system.ping""#, 0), (#""person.get""#, 1), (#""person.create""#, 2), (#""\u0070erson.get""#, 1),
        ])
    func finds(name: String, expected: Int) throws {
        #expect(try index(of: name) == expected)
    }

    @Test(
        "no other name finds anything",
        arguments: [
            #""""#, #""person""#, #""person.get ""#, #""Person.get""#, #""person.gett""#, #""person.ge\u0000""#,
            #""\#(String(repeating: "x", count: 100_000))""#,
        ])
    func findsNothing(name: String) throws {
        #expect(try index(of: name) == nil)
    }

    @Test("an empty table finds and suggests nothing")
    func empty() throws {
        let table = MethodTable([])
        #expect(try Text(#""a""#).parse { table.index(of: $0) } == nil)
        #expect(try Text(#""a""#).parse { table.suggestion(for: $0) } == nil)
    }

    @Test(
        "for a name with at most three errors, the closest name is suggested",
        arguments: [
            (#""person.gte""#, "person.get"), (#""person.get2""#, "person.get"), (#""persn.creat""#, "person.create"),
            (#""sytem.pin""#, "system.ping"), (#""PERson.get""#, "person.get"), (#""person.ge\u0074""#, "person.get"),
        ])
    func suggests(name: String, expected: String) throws {
        #expect(try suggestion(for: name) == expected)
    }

    @Test(
        "nothing is suggested for an empty, a long or a dissimilar name",
        arguments: [#""""#, #""rpc.nope""#, #""PERSon.get""#, #""\#(String(repeating: "person.get", count: 7))""#])
    func suggestsNothing(name: String) throws {
        #expect(try suggestion(for: name) == nil)
    }
}
