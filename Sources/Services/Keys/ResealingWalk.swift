import Bureau
import Repositories
import Vault

/// A walk over all subjects of a base that gives each a new data key, and seals all of the subject's values under it.
///
/// Each subject changes as a whole, unless another writer has changed it since it was read: then it is read again. The
/// store remembers which generation of keys is to be reached, so that a run after one that was killed does the rest.
/// That generation is above that of every key that opens: what a damaged key says of itself counts for nothing.
public struct ResealingWalk: Sendable {
    /// What a walk has met so far.
    public struct Tally: Hashable, Sendable {
        /// The most subjects that `failed` names.
        public static let mostNamed = 24

        /// Subjects that were there at the beginning.
        public var expected = 0
        /// Subjects that were met.
        public var total = 0
        /// Subjects that have a new data key.
        public var resealed = 0
        /// Subjects with a value that does not open; they keep their data keys.
        public var unreadable = 0
        /// Subjects that others kept changing; they keep their data keys.
        public var contended = 0
        /// Subjects that the store could not write in its time; they keep their data keys.
        public var refused = 0
        /// Requests of subjects that were sealed anew, whose details the former key did not open: they are from before
        /// a deletion of the person, or damaged.
        public var requestsLeft = 0
        /// The first subjects that keep their data keys.
        public var failed: [SubjectToken] = []

        public var failures: Int { unreadable + contended + refused }

        public init() {}
    }

    /// What became of one subject.
    public enum Outcome: Hashable, Sendable {
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
    public struct Beginning: Sendable {
        /// The generation that is to be reached.
        public var mark: ResealingMark
        /// Whether the run goes on with one that did not end.
        public var isJoined: Bool
        /// How many subjects there are.
        public var subjects: Int
    }

    enum Holder: Sendable {
        case persons(any PersonRepository)
        case profiles(any ProfileRepository)
    }

    /// The most subjects, and about the most payments, that are read and written at once. A single subject may have
    /// more payments.
    static let subjectsAtOnce = 50
    static let paymentsAtOnce = 5000
    /// How often a subject is tried that others keep changing.
    static let maximumTries = 100
    /// How often a store is asked again that did not write subjects in its time.
    static let lockedRetries = 2

    let stamps: Stamps
    let vault: BaseVault
    /// Records what became of profiles; nil where base A's ring is not at hand.
    let trail: AuditTrail?
    let holder: Holder
    let walk: DataKeyWalk
    let wrapping: WrappingBudget
    let repository: any DataKeyRepository

    public init(vault: BaseVault, persons: any PersonRepository, stamps: Stamps = .system) {
        self.init(vault, .persons(persons), persons, stamps, nil)
    }

    /// Has the audit log know by `trail` what is sealed anew.
    public init(
        vault: BaseVault, profiles: any ProfileRepository, stamps: Stamps = .system, trail: AuditTrail?
    ) {
        self.init(vault, .profiles(profiles), profiles, stamps, trail)
    }

    private init(
        _ vault: BaseVault, _ holder: Holder, _ repository: any DataKeyRepository, _ stamps: Stamps,
        _ trail: AuditTrail?
    ) {
        self.trail = trail
        self.stamps = stamps
        self.vault = vault
        self.holder = holder
        self.repository = repository
        walk = DataKeyWalk(vault: vault, repository: repository)
        wrapping = WrappingBudget(vault: vault, register: repository)
    }

    /// Gives every subject that is there a new data key, or ends a run that was begun.
    ///
    /// A run that leaves subjects is not over: the next one tries them again.
    public func run(progress: (Tally) throws -> Void = { _ in }) async throws -> Tally {
        let tally = try await resealAll(from: try await begin(), progress: progress)
        if tally.failures == 0 { try await end() }
        return tally
    }

    /// Gives the subjects that have none yet new data keys; the run is ended by the caller. `progress` is told the
    /// tally after each page of subjects.
    public func resealAll(
        from beginning: Beginning, progress: (Tally) throws -> Void = { _ in }
    ) async throws -> Tally {
        vault.refresh()
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
        return tally
    }

    /// Gives one subject a new data key, whatever its generation.
    public func reseal(_ cpf: CPF) async throws -> Outcome {
        vault.refresh()
        _ = try vault.steadyTokenKey()
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
    public func token(of cpf: CPF) -> SubjectToken { vault.tokens(of: [cpf])[0] }

    /// The generation of a data key that opens; what its bytes say is not authentic before.
    func generation(of dataKey: WrappedDataKey, _ token: SubjectToken) -> UInt32? {
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
