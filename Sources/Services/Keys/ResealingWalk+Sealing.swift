import Bureau
import Repositories
import Vault

/// How subjects are sealed anew.
extension ResealingWalk {
    /// Cuts a page of subjects into parts that fit into memory.
    func parts(of tokens: [SubjectToken]) async throws -> [[SubjectToken]] {
        guard case .persons(let persons) = holder else {
            return stride(from: 0, to: tokens.count, by: Self.subjectsAtOnce).map {
                Array(tokens[$0..<min($0 + Self.subjectsAtOnce, tokens.count)])
            }
        }
        let counts = try await walk.retrying { () async throws(StoreError) in
            try await persons.paymentCounts(of: tokens)
        }
        var parts: [[SubjectToken]] = []
        var room = 0
        for (token, count) in zip(tokens, counts) {
            room -= count
            if parts.isEmpty || room < 0 || parts[parts.count - 1].count == Self.subjectsAtOnce {
                parts.append([])
                room = Self.paymentsAtOnce - count
            }
            parts[parts.count - 1].append(token)
        }
        return parts
    }

    /// Seals subjects anew whose data keys are of a lower generation, again where others come in between.
    func reseal(_ tokens: [SubjectToken], asGeneration generation: UInt32) async throws -> [Outcome] {
        var outcomes = [Outcome](repeating: .contended, count: tokens.count)
        var pending = Array(tokens.indices)
        for tries in 0..<Self.maximumTries where !pending.isEmpty {
            try Task.checkCancellation()
            if tries > 0 { try await Task.sleep(for: .milliseconds(min(tries, 50))) }
            let tried = try await attemptEach(pending.map { tokens[$0] }, asGeneration: generation)
            for (index, outcome) in zip(pending, tried) where outcome != .overtaken { outcomes[index] = outcome }
            pending = zip(pending, tried).filter { $1 == .overtaken }.map(\.0)
        }
        return outcomes
    }

    /// Tries subjects in halves when the store cannot read or write them together, so that each fails alone.
    private func attemptEach(_ tokens: [SubjectToken], asGeneration generation: UInt32) async throws -> [Outcome] {
        let failure: Outcome
        do {
            return try await walk.retrying(lockedRetries: Self.lockedRetries) { () async throws(StoreError) in
                try await attempt(tokens, asGeneration: generation)
            }
        } catch StoreError.corrupt {
            failure = .unreadable
        } catch let error as StoreError where error.reason?.cause == .locked {
            failure = .refused
        }
        if tokens.count == 1 { return [failure] }
        let middle = tokens.count / 2
        return try await attemptEach(Array(tokens[..<middle]), asGeneration: generation)
            + attemptEach(Array(tokens[middle...]), asGeneration: generation)
    }

    func attempt(
        _ tokens: [SubjectToken], asGeneration generation: UInt32
    ) async throws(StoreError) -> [Outcome] {
        try await wrapping.take(Int64(tokens.count))
        switch holder {
        case .persons(let persons):
            let records = try await persons.read(tokens, audit: [])
            let parts = try await persons.sealedParts(of: tokens)
            var prepared = vault.withSession { session in
                tokens.indices.map { index in
                    prepare(records[index], records[index]?.dataKey, generation) { (record, key) throws(VaultError) in
                        try PersonSealer(token: tokens[index], key: session.unwrap(key, for: tokens[index]))
                            .reseal(record, parts[index], asGeneration: generation, in: &session)
                            .logged(by: vault.audit)
                    }
                }
            }
            try await overtake(&prepared, records, persons)
            return Self.outcomes(prepared, try await persons.reseal(prepared.compactMap { try? $0.get() })) {
                $0.formerParts.requests.count - $0.parts.requests.count
            }
        case .profiles(let profiles):
            let records = try await profiles.read(tokens)
            let prepared = try vault.withSession { (session) throws(StoreError) in
                var prepared: [Result<ProfileReseal, Left>] = []
                for (token, record) in zip(tokens, records) {
                    let record = try record.get()
                    prepared.append(
                        prepare(record, record?.content.dataKey, generation) { (record, key) throws(VaultError) in
                            try ProfileSealer(token: token, key: session.unwrap(key, for: token))
                                .reseal(record.content, asGeneration: generation, in: &session)
                        })
                }
                return prepared
            }
            let reseals = prepared.compactMap { try? $0.get() }
            let done = try await profiles.reseal(reseals)
            note(zip(reseals, done).filter(\.1).map(\.0), records)
            return Self.outcomes(prepared, done) { _ in 0 }
        }
    }

    /// Has the audit log know profiles that were sealed anew. Where it cannot, they are newer than the log tells.
    private func note(_ reseals: [ProfileReseal], _ records: [Result<ProfileRecord?, StoreError>]) {
        guard let trail else { return }
        let found = records.compactMap { try? $0.get() }
        let versions = Dictionary(found.map { ($0.content.token, $0.version) }) { first, _ in first }
        let marks = reseals.compactMap { reseal in
            versions[reseal.content.token].map {
                WriteMark(token: reseal.content.token, state: .profile(under: reseal.content.dataKey, version: $0))
            }
        }
        try? trail.journal(marks, in: .b)
    }

    /// Makes `overtaken` of persons whose data key was replaced between the reads of the person and of the other parts,
    /// so that the parts are under another key than the one that was read.
    private func overtake(
        _ prepared: inout [Result<SubjectReseal, Left>], _ records: [PersonRecord?], _ persons: any PersonRepository
    ) async throws(StoreError) {
        let suspects = prepared.indices.filter { index in
            if case .failure(let left) = prepared[index] { left.outcome == .unreadable } else { false }
        }
        if suspects.isEmpty { return }
        let present = try await persons.read(suspects.compactMap { records[$0]?.token }, audit: [])
        for (index, present) in zip(suspects, present) {
            guard let former = records[index]?.dataKey, present?.dataKey.isSameKey(as: former) != true else { continue }
            prepared[index] = .failure(Left(outcome: .overtaken))
        }
    }

    /// Why nothing is written of a subject.
    private struct Left: Error {
        var outcome: Outcome
    }

    private func prepare<Record, Reseal>(
        _ record: Record?, _ dataKey: WrappedDataKey?, _ generation: UInt32,
        _ seal: (Record, WrappedDataKey) throws(VaultError) -> Reseal
    ) -> Result<Reseal, Left> {
        guard let record, let dataKey, dataKey.generation ?? 0 < generation else {
            return .failure(Left(outcome: .nothingToDo))
        }
        do throws(VaultError) {
            return .success(try seal(record, dataKey))
        } catch {
            return .failure(Left(outcome: .unreadable))
        }
    }

    private static func outcomes<Reseal>(
        _ prepared: [Result<Reseal, Left>], _ done: [Bool], requestsLeft: (Reseal) -> Int
    ) -> [Outcome] {
        var done = done.makeIterator()
        return prepared.map { prepared in
            switch prepared {
            case .success(let reseal):
                done.next() == true ? .resealed(requestsLeft: requestsLeft(reseal)) : .overtaken
            case .failure(let left): left.outcome
            }
        }
    }
}
