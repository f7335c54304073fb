import Bureau
import Repositories
import Vault

/// A walk over all subjects of a base that gives each a new data key, and seals all of the subject's values under it.
///
/// Each subject changes as a whole, unless another writer has changed it since it was read: then it is read again. The
/// store remembers which generation of keys is to be reached, so that a run after one that was killed does the rest.
package struct ResealingWalk: Sendable {
    /// What a walk has met so far.
    package struct Tally: Hashable, Sendable {
        /// Subjects that were there.
        package var total = 0
        /// Subjects that have a new data key.
        package var resealed = 0
        /// Subjects with a value that does not open; they keep their data keys.
        package var unreadable = 0
        /// Subjects that others kept changing; they keep their data keys.
        package var contended = 0

        package init() {}
    }

    /// What became of one subject.
    package enum Outcome: Hashable, Sendable {
        case resealed
        /// The data key is of the generation already, or the subject is gone.
        case nothingToDo
        case unreadable
        case contended
        /// Something of the subject was changed while it was sealed anew.
        case overtaken
    }

    private enum Holder: Sendable {
        case persons(any PersonRepository)
        case profiles(any ProfileRepository)
    }

    /// The most subjects, and about the most payments, that are read and written at once. A single subject may have
    /// more payments.
    private static let subjectsAtOnce = 50
    private static let paymentsAtOnce = 5000
    /// How often a subject is tried that others keep changing.
    private static let maximumTries = 100

    private let vault: BaseVault
    private let holder: Holder
    private let walk: DataKeyWalk
    private let wrapping: WrappingBudget
    private let repository: any DataKeyRepository

    package init(vault: BaseVault, persons: any PersonRepository) {
        self.init(vault, .persons(persons), persons)
    }

    package init(vault: BaseVault, profiles: any ProfileRepository) {
        self.init(vault, .profiles(profiles), profiles)
    }

    private init(_ vault: BaseVault, _ holder: Holder, _ repository: any DataKeyRepository) {
        self.vault = vault
        self.holder = holder
        self.repository = repository
        walk = DataKeyWalk(vault: vault, repository: repository)
        wrapping = WrappingBudget(vault: vault, register: repository)
    }

    /// Gives every subject that is there a new data key, or ends a run that was killed. `progress` is told the tally
    /// after each page of subjects.
    package func run(progress: (Tally) throws -> Void = { _ in }) async throws -> Tally {
        vault.refresh()
        let mark = try await begin()
        var tally = Tally()
        try await walk.forEachPage { keys in
            tally.total += keys.count
            let left = keys.filter { ($0.dataKey.generation ?? 0) < mark.generation }.map(\.token)
            for tokens in try await parts(of: left) {
                for outcome in try await reseal(tokens, asGeneration: mark.generation) { tally.add(outcome) }
            }
            try progress(tally)
        }
        try await end(mark)
        return tally
    }

    /// Gives one subject a new data key, whatever its generation.
    package func reseal(_ cpf: CPF) async throws -> Outcome {
        vault.refresh()
        let token = vault.tokens(of: [cpf])[0]
        var tries = 0
        while true {
            guard let present = try await dataKey(of: token) else { return .nothingToDo }
            guard let former = present.generation, former < .max else { return .unreadable }
            try await raise(to: former + 1)
            let outcome = try await reseal([token], asGeneration: former + 1)[0]
            tries += 1
            // Another run may have been faster, whose key is not younger than this call for sure.
            if outcome != .nothingToDo || tries == Self.maximumTries { return outcome }
        }
    }

    /// Tries once to replace a data key that was read; a store that is away is not asked again.
    func resealOnce(_ token: SubjectToken, from dataKey: WrappedDataKey) async throws(StoreError) -> Outcome {
        guard let former = dataKey.generation, former < .max else { return .unreadable }
        while true {
            let mark = try await repository.resealingMark()
            if mark.generation > former { break }
            let raised = ResealingMark(generation: former + 1, isComplete: mark.isComplete)
            if try await repository.setResealingMark(raised, from: mark) { break }
        }
        return try await attempt([token], asGeneration: former + 1)[0]
    }

    private func dataKey(of token: SubjectToken) async throws -> WrappedDataKey? {
        try await walk.retrying { () async throws(StoreError) in
            switch holder {
            case .persons(let persons): try await persons.read([token], audit: [])[0]?.dataKey
            case .profiles(let profiles): try await profiles.read([token])[0].get()?.content.dataKey
            }
        }
    }
}

/// The mark in the store.
extension ResealingWalk {
    /// Begins to replace all data keys, or goes on with what was begun before.
    private func begin() async throws -> ResealingMark {
        while true {
            let mark = try await walk.retrying(repository.resealingMark)
            if !mark.isComplete { return mark }
            guard mark.generation < .max else { throw VaultError.malformed }
            let new = ResealingMark(generation: mark.generation + 1, isComplete: false)
            if try await set(new, from: mark) { return new }
        }
    }

    /// Notes that no key is left of those that were there at the beginning.
    private func end(_ mark: ResealingMark) async throws {
        while true {
            let present = try await walk.retrying(repository.resealingMark)
            if present.isComplete { return }
            if try await set(ResealingMark(generation: present.generation), from: present) { return }
        }
    }

    /// Sees to it that the mark has at least a generation, before a data key has it.
    private func raise(to generation: UInt32) async throws {
        while true {
            let mark = try await walk.retrying(repository.resealingMark)
            if mark.generation >= generation { return }
            if try await set(ResealingMark(generation: generation, isComplete: mark.isComplete), from: mark) { return }
        }
    }

    private func set(_ mark: ResealingMark, from former: ResealingMark) async throws -> Bool {
        try await walk.retrying { () async throws(StoreError) in
            try await repository.setResealingMark(mark, from: former)
        }
    }
}

/// How subjects are sealed anew.
extension ResealingWalk {
    /// Cuts a page of subjects into parts that fit into memory.
    private func parts(of tokens: [SubjectToken]) async throws -> [[SubjectToken]] {
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
    private func reseal(_ tokens: [SubjectToken], asGeneration generation: UInt32) async throws -> [Outcome] {
        var outcomes = [Outcome](repeating: .contended, count: tokens.count)
        var pending = Array(tokens.indices)
        for tries in 0..<Self.maximumTries where !pending.isEmpty {
            try Task.checkCancellation()
            if tries > 0 { try await Task.sleep(for: .milliseconds(min(tries, 50))) }
            let tried = try await attemptEach(pending.map { tokens[$0] }, asGeneration: generation)
            for (index, outcome) in zip(pending, tried) where outcome != .overtaken { outcomes[index] = outcome }
            // The parts of a person that another run seals anew at the same time do not open by the former key.
            pending = zip(pending, tried).filter { $1 == .overtaken || tries == 0 && $1 == .unreadable }.map(\.0)
        }
        return outcomes
    }

    /// Tries subjects in halves when the store cannot read them together, so that a damaged one fails alone.
    private func attemptEach(_ tokens: [SubjectToken], asGeneration generation: UInt32) async throws -> [Outcome] {
        do {
            return try await walk.retrying { () async throws(StoreError) in
                try await attempt(tokens, asGeneration: generation)
            }
        } catch StoreError.corrupt {
            if tokens.count == 1 { return [.unreadable] }
            let middle = tokens.count / 2
            return try await attemptEach(Array(tokens[..<middle]), asGeneration: generation)
                + attemptEach(Array(tokens[middle...]), asGeneration: generation)
        }
    }

    private func attempt(
        _ tokens: [SubjectToken], asGeneration generation: UInt32
    ) async throws(StoreError) -> [Outcome] {
        try await wrapping.take(Int64(tokens.count))
        switch holder {
        case .persons(let persons):
            let records = try await persons.read(tokens, audit: [])
            let parts = try await persons.sealedParts(of: tokens)
            let prepared = vault.withSession { session in
                tokens.indices.map { index in
                    prepare(records[index], records[index]?.dataKey, generation) { (record, key) throws(VaultError) in
                        try PersonSealer(token: tokens[index], key: session.unwrap(key, for: tokens[index]))
                            .reseal(record, parts[index], asGeneration: generation, in: &session)
                            .logged(by: vault.audit)
                    }
                }
            }
            return Self.outcomes(prepared, try await persons.reseal(prepared.compactMap { try? $0.get() }))
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
            return Self.outcomes(prepared, try await profiles.reseal(prepared.compactMap { try? $0.get() }))
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

    private static func outcomes<Reseal>(_ prepared: [Result<Reseal, Left>], _ done: [Bool]) -> [Outcome] {
        var done = done.makeIterator()
        return prepared.map { prepared in
            switch prepared {
            case .success: done.next() == true ? .resealed : .overtaken
            case .failure(let left): left.outcome
            }
        }
    }
}

extension ResealingWalk.Tally {
    fileprivate mutating func add(_ outcome: ResealingWalk.Outcome) {
        switch outcome {
        case .resealed: resealed += 1
        case .unreadable: unreadable += 1
        case .contended, .overtaken: contended += 1
        case .nothingToDo: break
        }
    }
}
