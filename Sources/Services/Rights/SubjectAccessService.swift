import Bureau
import Repositories
import Vault

/// All that the three bases hold of a subject, for the subject alone.
public struct SubjectHoldings: Sendable {
    public var generatedAt: Instant
    /// Nil when base A holds nobody.
    public var person: PersonView?
    /// The latest payments of each debt that has any.
    public var payments: [(debtID: RecordID, page: Page<PaymentView>)]
    /// Nil when base B holds no profile.
    public var profile: ProfileView?
    public var scores: Page<ComputedScore>
    public var events: [(kind: EventKind, page: Page<EventRecord>)]
    public var requests: Page<RequestView>
    public var consents: Page<ConsentView>
    /// Nil when the register was never closed.
    public var cadastro: CadastroRecord?
    public var groups: [HeldGroup]
}

/// A page of those who asked about a subject.
public struct SharingRequest: AccessRequest {
    public var page: PageRequest<EventPosition>
    /// Nil for all that base C keeps without regard to their number, half a year.
    public var since: Instant?

    public var access: Access {
        get { page.access }
        set { page.access = newValue }
    }
    public var cpf: CPF { page.cpf }

    public init(page: PageRequest<EventPosition>, since: Instant?) {
        self.page = page
        self.since = since
    }
}

/// Who has seen data of a subject, and asked a bureau about it.
public struct SubjectSharing: Sendable {
    /// The bureau queries of base C, the latest first.
    public var queries: Page<EventRecord>
    /// The accesses of others that the audit log has, the latest first.
    public var accesses: Page<AuditRecord>
}

/// A group of fields: whether a subject's are held, who they came from, and what they are used for.
public struct HeldGroup: Sendable {
    public var group: FieldGroup
    public var base: Base
    public var isHeld: Bool
    public var origin: DataOrigin
    public var purposes: [Purpose]
}

/// Where data come from.
public enum DataOrigin: String, TextValue, CaseIterable {
    /// The sources that report to the bureau.
    case source
    /// The creditor that each debt names.
    case creditor
    /// The bureau, which computes scores by the model that each names.
    case bureau
    /// The requester that each query names.
    case requester
}

extension FieldGroup {
    /// The base that holds the group.
    public var base: Base {
        switch self {
        case .identity, .contacts, .address, .debts, .payments: .a
        case .finances, .score: .b
        case .movements, .purchases, .queries: .c
        }
    }

    /// Where the group comes from.
    public var origin: DataOrigin {
        switch self {
        case .identity, .contacts, .address, .finances, .movements, .purchases: .source
        case .debts, .payments: .creditor
        case .score: .bureau
        case .queries: .requester
        }
    }
}

/// What subjects are told about themselves (LGPD arts. 18 and 19; Lei 12.414/2011, art. 6).
///
/// The access is the duty `rights`, and each base records it as a subject's own request.
public struct SubjectAccessService: Sendable {
    let rights: RightsService
    let payments: PaymentService
    private let profiles: ProfileService
    private let scores: ScoreService
    private let events: EventService

    var persons: PersonService { rights.persons }

    public init(
        rights: RightsService, payments: PaymentService, profiles: ProfileService, scores: ScoreService,
        events: EventService
    ) {
        self.rights = rights
        self.payments = payments
        self.profiles = profiles
        self.scores = scores
        self.events = events
    }

    /// The most items of each list; what is beyond them is paged through by the list's own method.
    static let mostItems = 50
    /// The most payments of a debt, of which a person may have two hundred.
    static let mostPayments = 24

    /// Tells all that is held of subjects, also of those of whom nothing is. `forbidden`.
    public func holdings(_ reads: [SubjectRead]) async -> [Result<SubjectHoldings, ServiceError>] {
        await persons.control.permitted(reads) { reads in
            await batch(of: reads.count) { () async throws(ServiceError) in
                async let foundProfiles = profiles.read(reads.map { $0.showing([.identity, .address, .finances]) })
                async let foundScores = scores.history(
                    reads.map { $0.showing(.score).page(RecordID.self, limit: Self.mostItems) })
                async let foundEvents = events.history(
                    reads.flatMap { read in EventKind.allCases.map { Self.request($0, of: read) } })
                let inBaseA = await inBaseA(reads)
                let (profiles, scores, events) = (await foundProfiles, await foundScores, await foundEvents)
                return reads.indices.map { index in
                    Result { () throws(ServiceError) in
                        var holdings = try inBaseA[index].get()
                        holdings.profile = try profiles[index].map(\.value).unlessNotFound()
                        holdings.scores = try scores[index].get().value
                        let kinds = EventKind.allCases
                        for (kind, page) in zip(kinds, events[(index * kinds.count)...]) {
                            holdings.events.append((kind, try page.get().value))
                        }
                        holdings.groups = FieldGroup.allCases.map { group(of: $0, in: holdings) }
                        return holdings
                    }
                }
            }
        }
    }

    /// Tells who asked a bureau about subjects, and who was given their data. `forbidden`.
    public func sharing(_ requests: [SharingRequest]) async -> [Result<SubjectSharing, ServiceError>] {
        await persons.control.permitted(requests) { requests in
            let found = await events.history(requests.map { EventHistoryRequest(page: $0.page, kind: .bureauQuery) })
            var answers: [Result<SubjectSharing, ServiceError>] = []
            do throws(ServiceError) {
                let reads = requests.map { SubjectRequest(SubjectRead(cpf: $0.cpf, access: $0.access)) }
                _ = try await persons.openAudited(reads)
            } catch {
                return Array(repeating: .failure(error), count: requests.count)
            }
            for (request, found) in zip(requests, found) {
                let since = request.since ?? EventHistory.keptSince(at: persons.stamps.now())
                let queries = found.map { $0.value.prefix(while: { $0.occurredAt >= since }) }
                do throws(ServiceError) {
                    let accesses = try await accesses(request, since: since)
                    answers.append(queries.map { SubjectSharing(queries: $0, accesses: accesses) })
                } catch {
                    answers.append(.failure(error))
                }
            }
            return answers
        }
    }

    /// Finds the accesses of others in the audit log, on the first page of queries alone. Those to base B and C are
    /// found once the journal has been carried into the log, which takes moments.
    private func accesses(
        _ request: SharingRequest, since: Instant
    ) async throws(ServiceError) -> Page<AuditRecord> {
        let limit = request.page.limit
        guard request.page.before == nil else { return Page([], limit: limit) }
        let tokens = [persons.vault, profiles.vault, events.vault].flatMap { $0.allTokens(of: request.cpf) }
        var accesses: [AuditRecord] = []
        var before: Int64?
        while accesses.count <= limit {
            let found = try await records(
                AuditSearch(
                    from: since, to: .last, anyOf: tokens.map(AuditSubject.searchText), before: before,
                    limit: Self.mostRecords))
            accesses += found.compactMap { AuditRecord(line: $0.line.line) }.filter(\.isOfOthers)
            before = found.last?.position
            if found.count < Self.mostRecords { break }
        }
        return Page(accesses, limit: limit)
    }

    private func records(_ search: AuditSearch) async throws(ServiceError) -> [AuditStoredRecord] {
        do throws(StoreError) {
            return try await AuditReader(repository: persons.repository, keys: persons.trail.keys).records(search)
        } catch {
            throw .store(error)
        }
    }

    /// The records of the audit log that are looked through at a time.
    private static let mostRecords = 100

    private static func request(_ kind: EventKind, of read: SubjectRead) -> EventHistoryRequest {
        EventHistoryRequest(
            page: read.showing([.movements, .purchases, .queries]).page(EventPosition.self, limit: mostItems),
            kind: kind)
    }

    private func group(of group: FieldGroup, in holdings: SubjectHoldings) -> HeldGroup {
        HeldGroup(
            group: group, base: group.base, isHeld: holdings.holds(group), origin: group.origin,
            purposes: persons.control.policy.purposes(for: FieldGroups(group)))
    }
}

extension AuditRecord {
    /// Whether the record tells that somebody else was given data of its subjects.
    fileprivate var isOfOthers: Bool {
        outcome == .granted && base != nil && purpose != nil && purpose != .dataSubjectRequest
    }
}

extension SubjectRead {
    /// The same access to some groups.
    fileprivate func showing(_ groups: FieldGroups) -> SubjectRead {
        var read = self
        read.access.groups = groups
        return read
    }

    /// The first page of the subject's history.
    fileprivate func page<Position: Sendable>(_: Position.Type, limit: Int) -> PageRequest<Position> {
        PageRequest(cpf: cpf, access: access, before: nil, limit: limit)
    }
}

extension Page {
    /// The items before the first that `isWanted` does not hold for; nothing follows that one.
    fileprivate func prefix(while isWanted: (Item) -> Bool) -> Page {
        let wanted = Array(items.prefix(while: isWanted))
        return Page(wanted, hasMore: hasMore && wanted.count == items.count)
    }
}

extension SubjectHoldings {
    fileprivate func holds(_ group: FieldGroup) -> Bool {
        switch group {
        case .identity: person != nil
        case .contacts: person?.person.phone != nil || person?.person.email != nil
        case .address: person?.person.address != nil
        case .debts: person?.debts.isEmpty == false
        case .payments: !payments.isEmpty
        case .finances: profile != nil
        case .score: !scores.items.isEmpty
        case .movements: has(.movement)
        case .purchases: has(.cardPurchase)
        case .queries: has(.bureauQuery)
        }
    }

    private func has(_ kind: EventKind) -> Bool {
        events.contains { $0.kind == kind && !$0.page.items.isEmpty }
    }
}
