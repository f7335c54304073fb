import Bureau
import Repositories
import Testing

@Suite("Closed registers in base A")
struct ClosedCadastroTests {
    private static func change(_ subject: Int, isCancelled: Bool, request: Int) -> CadastroChange {
        CadastroChange(
            token: Sample.token(subject), isCancelled: isCancelled,
            request: RequestRecord(
                requestID: Sample.id(request), token: Sample.token(subject),
                kind: isCancelled ? .cadastroCancel : .cadastroReopen, debtID: nil, receivedAt: Sample.instant(request),
                lateFrom: Sample.instant(request + 1), details: nil,
                completion: RequestCompletion(at: Sample.instant(request), outcome: .carriedOut)))
    }

    @Test("those that are closed are listed in pages, each once", arguments: Driver<PersonPlace>.all)
    func pages(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await store.closedCadastros(after: nil, limit: 3) == [])
        _ = try await store.write((1...8).map { Self.change($0, isCancelled: true, request: $0) })
        _ = try await store.write([Self.change(4, isCancelled: false, request: 20)])
        var listed: [SubjectToken] = []
        while true {
            let page = try await store.closedCadastros(after: listed.last, limit: 3)
            listed += page
            if page.count < 3 { break }
        }
        #expect(listed == [1, 2, 3, 5, 6, 7, 8].map { Sample.token($0) }.sorted())
    }
}
