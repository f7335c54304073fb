import Bureau
import JSON
import Repositories

/// The key ring of the table.
extension DynamoDBProfileStore {
    /// Reads the ring that the table is bound to.
    ///
    /// A table of an earlier release has no mark, and is scanned for a profile, whose data key proves a ring. When the
    /// rights for a `Scan` are missing, such a table may hold profiles or not: then this throws, because a wrong ring
    /// would make each person anew. A table that `creditd migrate up` has made since needs no `Scan`.
    public func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let content = try await answered(requests.get(KeyRingItem.key)) { (answer) throws(MalformedItem) in
            try KeyRingItem.content(of: answer)
        }
        if case .bound(let fingerprint) = content { return .bound(fingerprint) }
        do throws(StoreError) {
            return .unbound(try await sample())
        } catch .unavailable(let base, let reason, let retryAfter) where reason.cause == .refused {
            if content == .empty { return .unbound(nil) }
            let detail =
                "the table does not know its key ring, and a Scan, which finds a profile to prove the ring by, is not "
                + "allowed; allow dynamodb:Scan for the first start"
            throw .unavailable(
                base, StoreReason(.refused, code: reason.code, detail), retryAfterMilliseconds: retryAfter)
        }
    }

    public func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        let outcome = await driver.run([requests.bind(ring)], isCancellable: false)[0]
        switch outcome {
        case .answered: return ring
        case .failed(let failure) where !failure.mayHaveHappened: throw failure.storeError()
        case .conditionFailed, .failed:
            // Another daemon has been faster, or this one's answer was lost.
            let content = try await answered(requests.get(KeyRingItem.key)) { (answer) throws(MalformedItem) in
                try KeyRingItem.content(of: answer)
            }
            guard case .bound(let winner) = content else { throw outcome.failure.storeError() }
            return winner
        }
    }

    /// A data key of any profile; nil when the table has no profile.
    private func sample() async throws(StoreError) -> KeyRingSample? {
        var request: APIRequest? = requests.scanForProfile()
        while let next = request {
            let (sample, following) = try await answered(next) { (answer) throws(MalformedItem) in
                let first = answer["Items"]?.elements.first(where: { _ in true }).map(ItemReader.init)
                let sample = try first.map { (item) throws(MalformedItem) in
                    guard let token = SubjectToken(bytes: try item.bytes("pk")) else { throw MalformedItem() }
                    return KeyRingSample(token: token, dataKey: WrappedDataKey(try item.bytes("dataKey")))
                }
                return (sample, answer["LastEvaluatedKey"].map { requests.scanForProfile(from: $0) })
            }
            if let sample { return sample }
            request = following
        }
        return nil
    }

    /// Sends a request and lends its answer to `read`.
    func answered<R>(
        _ request: APIRequest, _ read: (Value) throws(MalformedItem) -> R
    ) async throws(StoreError) -> R {
        let outcome = await driver.run([request])[0]
        guard case .answered(let body) = outcome else { throw outcome.failure.storeError() }
        do throws(MalformedItem) {
            return try withObject(in: body, read)
        } catch {
            throw .corrupt(.b)
        }
    }
}
