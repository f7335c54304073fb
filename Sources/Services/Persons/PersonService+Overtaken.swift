import Bureau
import Repositories
import Vault

/// What is read apart from its person: the person may have got another data key in between (`ResealingWalk`).
extension PersonService {
    /// Makes `overtaken` of what did not open because its person has another data key than the one that was read, and of
    /// payments that were written after they were read.
    ///
    /// `keys` are the persons that were opened, with their data keys as they were read; nil for others.
    func overtaken<Success>(
        _ results: [Result<Success, ServiceError>], _ keys: [(token: SubjectToken, dataKey: WrappedDataKey)?]
    ) async throws(ServiceError) -> [Result<Success, ServiceError>] {
        var results = try await judged(results)
        let suspects = results.indices.filter { index in
            if case .failure(.unreadable(.a)) = results[index] { keys[index] != nil } else { false }
        }
        if suspects.isEmpty { return results }
        for (index, record) in zip(suspects, try await readAgain(suspects.compactMap { keys[$0]?.token })) {
            guard let key = keys[index]?.dataKey, let record = try? record.get() else { continue }
            if !record.dataKey.isSameKey(as: key) { results[index] = .failure(.overtaken) }
        }
        return results
    }

    func overtaken<Success>(
        _ results: [Result<Success, ServiceError>], of people: [Result<OpenPerson, ServiceError>]
    ) async throws(ServiceError) -> [Result<Success, ServiceError>] {
        try await overtaken(
            results,
            people.map { person in
                (try? person.get()).map { ($0.record.token, $0.record.dataKey) }
            })
    }
}

extension Attempt {
    /// Serves reads again that were overtaken; `work` is told whether the audit log has the requests already.
    static func settleReads<Item>(
        _ items: [Item],
        _ work: (_ items: [Item], _ areAudited: Bool) async throws(ServiceError) -> [Result<Success, ServiceError>]
    ) async -> [Result<Success, ServiceError>] {
        var hasBegun = false
        return await settle(items) { items in
            let areAudited = hasBegun
            hasBegun = true
            let results = await batch(of: items.count) { () async throws(ServiceError) in
                try await work(items, areAudited)
            }
            return results.map { $0.isOvertaken ? .overtaken : .settled($0) }
        }
    }
}

extension Result where Failure == ServiceError {
    var isOvertaken: Bool { if case .failure(.overtaken) = self { true } else { false } }
}
