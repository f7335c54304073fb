import Bureau
import Repositories

extension MemoryPersons {
    package func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        DataKeyPage(records.mapValues(\.dataKey), after: cursor, limit: limit)
    }

    package func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        changes.map { change in
            guard records[change.token]?.dataKey == change.former else { return false }
            records[change.token]?.dataKey = change.rewrapped
            return true
        }
    }
}

extension MemoryPersons {
    package func resealingMark() async throws(StoreError) -> ResealingMark { resealing }

    package func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        guard resealing == former else { return false }
        resealing = mark
        return true
    }

    package func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int] {
        try await sealedParts(of: tokens).map(\.payments.count)
    }

    package func highestEncryptionCount() async throws(StoreError) -> Int64 {
        records.values.map(\.encryptions).max() ?? 0
    }

    package func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts] {
        tokens.map { token in
            var parts = SealedParts()
            for debt in records[token]?.debts ?? [] {
                parts.payments += (payments[debt.debtID] ?? []).map { payment in
                    SealedPayment(
                        debtID: debt.debtID, key: payment.key, position: payment.position, version: payment.version,
                        details: payment.details)
                }
            }
            parts.consents = (rights.consents[token] ?? []).map {
                SealedRow(rowID: $0.consentID, details: $0.details, at: $0.grantedAt)
            }
            for request in rights.requests.values.sorted(by: { $0.requestID < $1.requestID }) {
                guard request.token == token, let details = request.details else { continue }
                parts.requests.append(SealedRow(rowID: request.requestID, details: details, at: request.receivedAt))
            }
            return parts
        }
    }

    package func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool] {
        let present = try await sealedParts(of: subjects.map(\.token))
        return zip(subjects, present).map { subject, present in
            let token = subject.token
            guard let record = records[token], record.dataKey == subject.former.dataKey,
                record.version == subject.former.version, present == subject.formerParts
            else { return false }
            log.append(subject.lines)
            records[token] = subject.person
            records[token]?.encryptions = subject.encryptions
            for payment in subject.parts.payments {
                payments[payment.debtID]?[Int(payment.position)].details = payment.details
            }
            for consent in subject.parts.consents {
                let index = rights.consents[token]?.firstIndex { $0.consentID == consent.rowID }
                if let index { rights.consents[token]?[index].details = consent.details }
            }
            for request in subject.parts.requests { rights.requests[request.rowID]?.details = request.details }
            return true
        }
    }
}

extension MemoryProfiles {
    package func resealingMark() async throws(StoreError) -> ResealingMark { resealing }

    package func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        guard resealing == former else { return false }
        resealing = mark
        return true
    }

    package func reseal(_ profiles: [ProfileReseal]) async throws(StoreError) -> [Bool] {
        profiles.map { profile in
            guard records[profile.content.token]?.content.dataKey == profile.former else { return false }
            records[profile.content.token]?.content = profile.content
            return true
        }
    }

    package func dataKeys(after cursor: DataKeyCursor?, limit: Int) async throws(StoreError) -> DataKeyPage {
        DataKeyPage(records.mapValues(\.content.dataKey), after: cursor, limit: limit)
    }

    package func rewrap(_ changes: [DataKeyRewrap]) async throws(StoreError) -> [Bool] {
        changes.map { change in
            guard records[change.token]?.content.dataKey == change.former else { return false }
            records[change.token]?.content.dataKey = change.rewrapped
            return true
        }
    }
}

extension DataKeyPage {
    fileprivate init(_ keys: [SubjectToken: WrappedDataKey], after cursor: DataKeyCursor?, limit: Int) {
        let start = cursor?.bytes ?? []
        let rest = keys.keys.sorted().drop { token in !start.lexicographicallyPrecedes(token.bytes) }
        let page = rest.prefix(limit).compactMap { token in
            keys[token].map { KeyRingSample(token: token, dataKey: $0) }
        }
        self.init(page, limit: limit)
    }
}
