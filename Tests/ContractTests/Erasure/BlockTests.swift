import Bureau
import Repositories
import Testing

@Suite("Blocked subjects in base A")
struct BlockTests {
    private static func change(_ subject: Int, _ isBlocked: Bool, audit: Int) -> BlockChange {
        BlockChange(
            token: Sample.token(subject), isBlocked: isBlocked,
            audit: Sample.audit(audit, subject))
    }

    @Test("a block begins and ends once, and each request is in the audit log", arguments: Driver<PersonPlace>.all)
    func changes(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        #expect(
            try await store.block([Self.change(1, true, audit: 1), Self.change(2, true, audit: 2)]) == [true, true])
        #expect(
            try await store.block([Self.change(1, true, audit: 3), Self.change(2, false, audit: 4)]) == [false, true])
        #expect(try await place.open().blocked(after: nil, limit: 10) == [Sample.token(1)])
        #expect(try await store.block([Self.change(2, false, audit: 5)]) == [false])
        #expect(try await place.auditLog().count == 5)
    }

    @Test("blocked subjects are listed in pages, each once", arguments: Driver<PersonPlace>.all)
    func pages(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.block((1...7).map { Self.change($0, true, audit: $0) })
        var listed: [SubjectToken] = []
        while true {
            let page = try await store.blocked(after: listed.last, limit: 3)
            listed += page
            if page.count < 3 { break }
        }
        #expect(listed == (1...7).map(Sample.token).sorted())
    }
}
