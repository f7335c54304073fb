import Bureau

/// Decides at one place whether an access is granted, and what it is given.
public struct AccessControl: Sendable {
    public let actor: Actor
    /// The purpose and the requester of every read of the process; nil when each request states its own.
    public let fixedPurpose: Purpose?
    public let fixedRequester: String?
    public let policy: Policy
    private let grants: Policy.Grants
    /// Records accesses that were refused; the subject is nil where there is none, or many.
    public var noteDenied: @Sendable (Access, CPF?) -> Void = { _, _ in }
    /// Whose data are blocked, or being erased; nil where nobody is read.
    var blocks: BlockList?

    public init(policy: Policy, actor: Actor, fixedPurpose: Purpose? = nil, fixedRequester: String? = nil) {
        self.policy = policy
        self.actor = actor
        self.fixedPurpose = fixedPurpose
        self.fixedRequester = fixedRequester
        grants = policy.grants(of: actor.role)
    }

    /// Whether a read that states no purpose is granted at all.
    public var needsPurpose: Bool { grants.reads[nil] == nil }

    /// Whether the actor's role has a duty.
    public func has(_ duty: Duty) -> Bool { grants.duties.contains(duty) }

    /// What a read is given of the groups that its method shows. `forbidden` when that is nothing.
    public func disclosures(of access: Access) -> Result<Disclosures, ServiceError> {
        let disclosures = (grants.reads[access.purpose] ?? .denied).limited(to: access.groups)
        return disclosures.shown.isEmpty ? .failure(.forbidden(.policy(access.groups))) : .success(disclosures)
    }

    /// Whether the actor's role has the duty that a method is part of, or else may change the groups that the method
    /// writes. `forbidden`.
    public func permit(_ access: Access) -> Result<Void, ServiceError> {
        if let duty = access.duty {
            return grants.duties.contains(duty) ? .success(()) : .failure(.forbidden(.role([])))
        }
        let mayChange = !access.groups.isEmpty && access.groups.isSubset(of: grants.changes)
        return mayChange ? .success(()) : .failure(.forbidden(.role(access.groups.subtracting(grants.changes))))
    }
}

/// A request that is granted or refused for its access.
public protocol AccessRequest: Sendable {
    /// The subject.
    var cpf: CPF { get }
    var access: Access { get set }
}

extension SubjectRead: AccessRequest {}

/// What a read found, with what of it is given out.
public struct Disclosed<Value: Sendable>: Sendable {
    public var value: Value
    /// Of the groups that the method shows.
    public var disclosures: Disclosures
    /// The groups that the method shows.
    public var groups: FieldGroups

    public init(_ value: Value, _ disclosures: Disclosures, of groups: FieldGroups) {
        self.value = value
        self.disclosures = disclosures
        self.groups = groups
    }

    /// Whether everything is given out as it is.
    public var isPlain: Bool { disclosures.plain == groups }

    /// The same with another value.
    public func map<Other>(_ transform: (Value) -> Other) -> Disclosed<Other> {
        Disclosed<Other>(transform(value), disclosures, of: groups)
    }
}

extension AccessControl {
    /// Serves the reads that are granted anything, in one group, and refuses the others without asking a store.
    ///
    /// `read` also gets what each read is given, because what is denied need not be read; the access that it records
    /// names the groups that are given out.
    func disclosed<Request: AccessRequest, Answer: Sendable>(
        _ requests: [Request], read: ([Request], [Disclosures]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Disclosed<Answer>, ServiceError>] {
        let causes = blocks?.causes(of: requests.lazy.map { $0.cpf })
        if causes == nil, let answers = await disclosedAlike(requests, read: read) { return answers }
        let decisions = requests.indices.map { index -> Result<Disclosures, ServiceError> in
            let access = requests[index].access
            guard let cause = causes?[index], cause != .blocked || !access.isExemptFromBlocks else {
                return disclosures(of: access)
            }
            return .failure(.forbidden(cause))
        }
        let answers = await served(requests, decisions) { granted in
            let disclosures = decisions.compactMap { try? $0.get() }
            var granted = granted
            for index in granted.indices where granted[index].access.groups != disclosures[index].shown {
                granted[index].access.groups = disclosures[index].shown
            }
            return await read(granted, disclosures)
        }
        return zip(requests, zip(decisions, answers)).map { request, pair in
            pair.0.flatMap { disclosures in
                pair.1.map { Disclosed($0, disclosures, of: request.access.groups) }
            }
        }
    }

    /// Serves reads that have one access, by one decision; nil when they differ, or are refused.
    private func disclosedAlike<Request: AccessRequest, Answer: Sendable>(
        _ requests: [Request], read: ([Request], [Disclosures]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Disclosed<Answer>, ServiceError>]? {
        guard let access = requests.first?.access, requests.indices.allSatisfy({ requests[$0].access == access }),
            case .success(let disclosures) = disclosures(of: access), disclosures.shown == access.groups
        else { return nil }
        return await read(requests, Array(repeating: disclosures, count: requests.count)).map { answer in
            answer.map { Disclosed($0, disclosures, of: access.groups) }
        }
    }

    /// Serves the writes that the actor's role may make, in one group, and refuses the others.
    func permitted<Request: AccessRequest, Answer: Sendable>(
        _ requests: [Request], write: ([Request]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Answer, ServiceError>] {
        await served(requests, requests.map { permit($0.access) }, by: write)
    }

    private func served<Request: AccessRequest, Decision: Sendable, Answer: Sendable>(
        _ requests: [Request], _ decisions: [Result<Decision, ServiceError>],
        by serve: ([Request]) async -> [Result<Answer, ServiceError>]
    ) async -> [Result<Answer, ServiceError>] {
        let refusals = decisions.map(\.refusal)
        if refusals.allSatisfy({ $0 == nil }) { return await serve(requests) }
        for (request, refusal) in zip(requests, refusals) where refusal != nil {
            noteDenied(request.access, request.cpf)
        }
        let granted = zip(requests, refusals).compactMap { $1 == nil ? $0 : nil }
        var answers = (granted.isEmpty ? [] : await serve(granted)).makeIterator()
        return refusals.map { refusal in
            refusal.map { .failure($0) } ?? answers.next() ?? .failure(.contended)
        }
    }
}

extension Result where Failure == ServiceError {
    fileprivate var refusal: ServiceError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
