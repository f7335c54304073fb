import Bureau
import Testing

@testable import Services

@Suite("Attempt")
struct AttemptTests {
    @Test("only overtaken items are tried again, and each result is at the position of its item")
    func settles() async {
        var tried: [[Int]] = []
        let results = await Attempt<Int>.settle([3, 0, 1, 9]) { items in
            tried.append(items)
            let round = tried.count
            return items.map { $0 < round ? .settled(.success($0 * 10 + round)) : .overtaken }
        }
        #expect(tried == [[3, 0, 1, 9], [3, 1, 9], [3, 9], [3, 9], [9], [9], [9], [9]])
        #expect(results == [.success(34), .success(1), .success(12), .failure(.contended)])
    }

    @Test("nothing is tried for no items")
    func settlesNothing() async {
        let results = await Attempt<Int>.settle([Int]()) { _ in
            Issue.record("there is nothing to try")
            return []
        }
        #expect(results.isEmpty)
    }

    @Test("prepared items get the outcomes; a conflict settles an item only when its caller named the version")
    func merges() {
        let attempts = Attempt<Int>.merge(
            [.success("a"), .failure(.notFound), .success("b"), .success("c"), .success("d")],
            [
                .success(1), .failure(.versionConflict(current: 7)), .failure(.versionConflict(current: 8)),
                .failure(.notFound),
            ],
            expected: [nil, nil, 6, nil, nil])
        let told = attempts.map { attempt -> Result<Int, ServiceError>? in
            if case .settled(let result) = attempt { result } else { nil }
        }
        #expect(
            told == [
                .success(1), .failure(.notFound), .failure(.versionConflict(current: 7)), nil, .failure(.notFound),
            ])
    }
}

@Suite("Policy")
struct PolicyTests {
    @Test("a role is given what is listed for it and the purpose, and nothing else", arguments: Purpose.allCases)
    func disclosures(purpose: Purpose) {
        let given = Disclosures(plain: .identity, masked: [.identity, .debts])
        let policy = Policy([.collector: Policy.Grants(reads: [.debtCollection: given])])
        let found = policy.disclosures(.collector, purpose)
        #expect(found == (purpose == .debtCollection ? given : .denied))
        #expect(found.of(.identity) == (purpose == .debtCollection ? .plain : .denied))
        #expect(found.of(.debts) == (purpose == .debtCollection ? .masked : .denied))
        #expect(policy.disclosures(.owner, purpose) == .denied && policy.disclosures(.collector, nil) == .denied)
    }
}

@Suite("Stamps")
struct StampsTests {
    @Test("the system's clock does not run backwards within a test, and its identifiers differ")
    func system() {
        let instants = (0..<100).map { _ in Stamps.system.now() }
        #expect(instants == instants.sorted())
        #expect(Set((0..<1000).map { _ in Stamps.system.recordID(at: instants[0]) }).count == 1000)
    }
}
