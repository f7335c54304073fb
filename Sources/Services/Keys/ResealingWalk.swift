import Bureau
import Repositories
import Vault

/// A walk over all subjects of a base that gives each a new data key, and seals all of the subject's values under it.
///
/// Each subject changes as a whole, unless another writer has changed it since it was read: then it is read again. The
/// store remembers which generation of keys is to be reached, so that a run after one that was killed does the rest. That
/// generation is above that of every key that opens: what a damaged key says of itself counts for nothing.
package struct ResealingWalk: Sendable {
    /// What a walk has met so far.
    package struct Tally: Hashable, Sendable {
        /// The most subjects that `failed` names.
        package static let mostNamed = 24

        /// Subjects that were there at the beginning.
        package var expected = 0
        /// Subjects that were met.
        package var total = 0
        /// Subjects that have a new data key.
        package var resealed = 0
        /// Subjects with a value that does not open; they keep their data keys.
        package var unreadable = 0
        /// Subjects that others kept changing; they keep their data keys.
        package var contended = 0
        /// Subjects that the store could not write in its time; they keep their data keys.
        package var refused = 0
        /// Requests of subjects that were sealed anew, whose details the former key did not open: they are from before
        /// a deletion of the person, or damaged.
        package var requestsLeft = 0
        /// The first subjects that keep their data keys.
        package var failed: [SubjectToken] = []

        package var failures: Int { unreadable + contended + refused }

        package init() {}
    }

    /// What became of one subject.
    package enum Outcome: Hashable, Sendable {
        case resealed(requestsLeft: Int)
        /// The data key is of the generation already, or the subject is gone.
        case nothingToDo
        case unreadable
        case contended
        /// The store could not write it in its time.
        case refused
        /// Something of the subject was changed while it was sealed anew.
        case overtaken
    }

    /// What a run is about.
    package struct Beginning: Sendable {
        /// The generation that is to be reached.
        package var mark: ResealingMark
        /// Whether the run goes on with one that did not end.
        package var isJoined: Bool
        /// How many subjects there are.
        package var subjects: Int
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
    /// How often a store is asked again that did not write subjects in its time.
    private static let lockedRetries = 2

    private let stamps: Stamps
    private let vault: BaseVault
    private let holder: Holder
    private let walk: DataKeyWalk
    private let wrapping: WrappingBudget
    private let repository: any DataKeyRepository

    package init(vault: BaseVault, persons: any PersonRepository, stamps: Stamps = .system) {
        self.init(vault, .persons(persons), persons, stamps)
    }

    package init(vault: BaseVault, profiles: any ProfileRepository, stamps: Stamps = .system) {
        self.init(vault, .profiles(profiles), profiles, stamps)
    }

    private init(_ vault: BaseVault, _ holder: Holder, _ repository: any DataKeyRepository, _ stamps: Stamps) {
        self.stamps = stamps
        self.vault = vault
        self.holder = holder
        self.repository = repository
        walk = DataKeyWalk(vault: vault, repository: repository)
        wrapping = WrappingBudget(vault: vault, register: repository)
    }

    /// Whether a run was begun that has not ended, or has left subjects.
    package var isBegun: Bool {
        get async throws { try await !walk.retrying(repository.resealingMark).isComplete }
    }

    /// Gives every subject that is there a new data key, or ends a run that was begun. `progress` is told the tally
    /// after each page of subjects.
    ///
    /// A run that leaves subjects is not over: the next one tries them again.
    package func run(
        _ beginning: Beginning? = nil, progress: (Tally) throws -> Void = { _ in }
    ) async throws -> Tally {
        vault.refresh()
        let beginning = if let beginning { beginning } else { try await begin() }
        let generation = beginning.mark.generation
        var tally = Tally()
        tally.expected = beginning.subjects
        try await walk.forEachPage { keys in
            tally.total += keys.count
            var left: [SubjectToken] = []
            for key in keys where key.dataKey.generation ?? 0 < generation { left.append(key.token) }
            for key in unopened(keys.filter { $0.dataKey.generation ?? 0 >= generation }) {
                tally.add(.unreadable, of: key.token)
            }
            for tokens in try await parts(of: left) {
                let outcomes = try await reseal(tokens, asGeneration: generation)
                for (token, outcome) in zip(tokens, outcomes) { tally.add(outcome, of: token) }
            }
            try progress(tally)
        }
        if tally.failures == 0 { try await end() }
        return tally
    }

    /// Gives one subject a new data key, whatever its generation.
    package func reseal(_ cpf: CPF) async throws -> Outcome {
        vault.refresh()
        let token = token(of: cpf)
        var tries = 0
        while true {
            guard let present = try await dataKey(of: token) else { return .nothingToDo }
            guard let former = generation(of: present, token), former < .max else { return .unreadable }
            try await raise(to: former + 1)
            let outcome = try await reseal([token], asGeneration: former + 1)[0]
            tries += 1
            // Another run may have been faster, whose key is not younger than this call for sure.
            if outcome != .nothingToDo || tries == Self.maximumTries { return outcome }
        }
    }

    /// Tries once to replace a data key that was read; a store that is away is not asked again.
    func resealOnce(_ token: SubjectToken, from dataKey: WrappedDataKey) async throws(StoreError) -> Outcome {
        guard let former = generation(of: dataKey, token), former < .max else { return .unreadable }
        while true {
            let mark = try await repository.resealingMark()
            if mark.generation > former { break }
            if try await repository.setResealingMark(mark.raised(to: former + 1), from: mark) { break }
        }
        return try await attempt([token], asGeneration: former + 1)[0]
    }

    /// The name of a subject in this base.
    package func token(of cpf: CPF) -> SubjectToken { vault.tokens(of: [cpf])[0] }

    /// The generation of a data key that opens; what its bytes say is not authentic before.
    private func generation(of dataKey: WrappedDataKey, _ token: SubjectToken) -> UInt32? {
        unopened([KeyRingSample(token: token, dataKey: dataKey)]).isEmpty ? dataKey.generation : nil
    }

    /// The data keys that do not open with the ring.
    private func unopened(_ keys: [KeyRingSample]) -> [KeyRingSample] {
        if keys.isEmpty { return [] }
        return vault.withSession { session in
            keys.filter { (try? session.unwrap($0.dataKey, for: $0.token)) == nil }
        }
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
    /// Begins to replace all data keys, or goes on with what was begun before, unless everything is to be done anew.
    package func begin(anew: Bool = false) async throws -> Beginning {
        vault.refresh()
        var subjects = 0
        // A store may have lost its mark and still have younger keys. Each key is younger than the mark that was there
        // before it, so that the mark is read afterwards.
        var highest: UInt32 = 0
        try await walk.forEachPage { keys in
            subjects += keys.count
            let younger = keys.filter { $0.dataKey.generation ?? 0 > highest }
                .sorted { $0.dataKey.generation ?? 0 > $1.dataKey.generation ?? 0 }
            if let first = younger.first(where: { generation(of: $0.dataKey, $0.token) != nil }) {
                highest = first.dataKey.generation ?? 0
            }
        }
        while true {
            let mark = try await walk.retrying(repository.resealingMark)
            let isJoined = !mark.isComplete && !anew && highest <= mark.generation
            if isJoined { return Beginning(mark: mark, isJoined: true, subjects: subjects) }
            let former = max(mark.generation, highest)
            guard former < .max else { throw VaultError.malformed }
            let new = ResealingMark(generation: former + 1, begunAt: stamps.now())
            if try await set(new, from: mark) { return Beginning(mark: new, isJoined: false, subjects: subjects) }
        }
    }

    /// Notes that no key is left of those that were there at the beginning.
    private func end() async throws {
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
            if try await set(mark.raised(to: generation), from: mark) { return }
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

    private func attempt(
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
            let done = try await profiles.reseal(prepared.compactMap { try? $0.get() })
            return Self.outcomes(prepared, done) { _ in 0 }
        }
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

extension ResealingWalk.Tally {
    fileprivate mutating func add(_ outcome: ResealingWalk.Outcome, of token: SubjectToken) {
        switch outcome {
        case .nothingToDo: return
        case .resealed(let requestsLeft):
            resealed += 1
            self.requestsLeft += requestsLeft
            return
        case .unreadable: unreadable += 1
        case .refused: refused += 1
        case .contended, .overtaken: contended += 1
        }
        if failed.count < Self.mostNamed { failed.append(token) }
    }
}
