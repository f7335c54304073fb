import Bureau
import Repositories
import Synchronization
import Vault

/// Walks through all subjects of a base, or through labelled ones, and computes their characteristics.
///
/// It is an administrative act: the audit log has it with its counts, and no record of each subject.
public struct FeatureExtraction: Sendable {
    /// The rows of a base that a page asks for.
    private static let profilesOfPage = 1024
    static let personsOfPage = 512
    /// The payments and the consents that are read along with a page of persons.
    static let paymentsOfPage = 8192
    static let consentsOfPage = 4096
    /// How often a store that is away is asked again, a second apart.
    private static let maximumRetries = 60

    let facts: FactsService
    let blocks: BlockList

    public init(facts: FactsService, blocks: BlockList) {
        self.facts = facts
        self.blocks = blocks
    }

    /// Walks on from `progress`, several segments at a time.
    ///
    /// `deliver` is given each page once, from one task at a time. What it throws ends the walk. `onRetry` is told why
    /// a store is asked again.
    public func run(
        _ plan: ExtractionPlan, from progress: ExtractionProgress, parallel: Int, pace: ReadPace,
        onRetry: @escaping @Sendable (StoreError) -> Void = { _ in },
        deliver: @escaping @Sendable (ExtractionPortion) throws -> Void
    ) async throws {
        let hidden = try await hiddenSubjects(for: plan.purpose, in: plan.source, onRetry: onRetry)
        let queue = SegmentQueue(progress)
        let walk = Walk(extraction: self, plan: plan, hidden: hidden, onRetry: onRetry)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, parallel) {
                group.addTask {
                    var free = ContinuousClock.now
                    while let start = queue.next() {
                        var cursor = start.cursor
                        repeat {
                            try Task.checkCancellation()
                            if free > .now { try await Task.sleep(until: free, clock: .continuous) }
                            let portion = try await walk.page(of: start.segment, after: cursor)
                            try deliver(portion)
                            cursor = portion.next
                            free = pace.note(portion.readUnits)
                        } while cursor != nil
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks a store again while it is away, a minute long.
    static func retrying<R>(
        telling onRetry: (StoreError) -> Void, _ call: () async throws -> R
    ) async throws -> R {
        var retries = 0
        while true {
            do {
                return try await call()
            } catch let error as StoreError {
                if case .corrupt = error { throw error }
                retries += 1
                if retries > Self.maximumRetries { throw error }
                onRetry(error)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }
}

/// The segments that are still to be walked: first those that an earlier process has begun.
private final class SegmentQueue: Sendable {
    private let state: Mutex<(next: Int, begun: [Int: WalkCursor?])>
    private let count: Int

    init(_ progress: ExtractionProgress) {
        count = progress.segments
        state = Mutex((progress.begun, progress.open))
    }

    func next() -> (segment: WalkSegment, cursor: WalkCursor?)? {
        state.withLock { state in
            if let number = state.begun.keys.min(), let cursor = state.begun.removeValue(forKey: number) {
                return (WalkSegment(number: number, of: count), cursor)
            }
            guard state.next < count else { return nil }
            defer { state.next += 1 }
            return (WalkSegment(number: state.next, of: count), nil)
        }
    }
}

extension FeatureExtraction {
    /// One run through a plan.
    struct Walk: Sendable {
        let extraction: FeatureExtraction
        let plan: ExtractionPlan
        let hidden: HiddenSubjects
        let onRetry: @Sendable (StoreError) -> Void

        func page(of segment: WalkSegment, after cursor: WalkCursor?) async throws -> ExtractionPortion {
            switch plan.source {
            case .profiles: try await profiles(segment, cursor)
            case .persons: try await persons(segment, cursor)
            case .labels: try await labelled(segment, cursor)
            }
        }

        private func profiles(_ segment: WalkSegment, _ cursor: WalkCursor?) async throws -> ExtractionPortion {
            let readAt = extraction.facts.persons.stamps.now()
            let page = try await FeatureExtraction.retrying(telling: onRetry) {
                try await extraction.facts.profiles.repository.profiles(
                    segment, after: cursor, limit: FeatureExtraction.profilesOfPage)
            }
            var rows = FeatureRows(plan: plan)
            extraction.facts.profiles.vault.withSession { session in
                plan.study.withNames { names in
                    for profile in page.profiles {
                        if let cause = hidden.ofBaseB[profile.token] {
                            rows.leaveOut(cause)
                        } else {
                            let facts = CreditFacts(readAt: readAt, profile: profile.facts(in: &session))
                            rows.add(facts, names.name(of: profile.token), asOf: plan.asOf, isBad: nil)
                        }
                    }
                }
            }
            return ExtractionPortion(
                segment: segment, next: page.next, rows: rows.packed, tally: rows.tally, readUnits: page.readUnits)
        }

        private func persons(_ segment: WalkSegment, _ cursor: WalkCursor?) async throws -> ExtractionPortion {
            let persons = extraction.facts.persons
            let kinds = plan.kindsOfPersons
            let along = WalkedParts(
                mostPayments: kinds.contains(.payments) ? FeatureExtraction.paymentsOfPage : 0,
                mostConsents: kinds.contains(.consents) ? FeatureExtraction.consentsOfPage : 0)
            return try await FeatureExtraction.retrying(telling: onRetry) {
                let page = try await persons.repository.persons(
                    segment, after: cursor, limit: FeatureExtraction.personsOfPage, along: along)
                let met: [KnownPerson?]
                do throws(ServiceError) {
                    met = try await persons.known(
                        page.persons, needing: kinds, for: plan.access, lookedUpBy: .inSaoPaulo(plan.asOf))
                } catch {
                    if case .store(let error) = error { throw error }
                    throw error
                }
                var rows = FeatureRows(plan: plan)
                let open = met.compactMap(\.self)
                rows.tally.unreadable += met.count - open.count
                let subjects = open.map { SubjectLabel(cpf: $0.cpf, asOf: nil, isBad: false) }
                let meter = ReadMeter()
                try await add(subjects, known: open, to: &rows, meter)
                return ExtractionPortion(
                    segment: segment, next: page.next, rows: rows.packed, tally: rows.tally, readUnits: meter.units)
            }
        }

        private func labelled(_ segment: WalkSegment, _ cursor: WalkCursor?) async throws -> ExtractionPortion {
            let labels = plan.labels ?? []
            let limit = FeatureExtraction.personsOfPage
            let page = cursor.flatMap { Int(String(decoding: $0.bytes, as: UTF8.self)) } ?? segment.number
            let part = labels.dropFirst(page * limit).prefix(limit)
            let next = page + segment.count
            return try await FeatureExtraction.retrying(telling: onRetry) {
                var rows = FeatureRows(plan: plan)
                let meter = ReadMeter()
                try await add(Array(part), to: &rows, meter)
                return ExtractionPortion(
                    segment: segment, next: next * limit < labels.count ? WalkCursor(Array("\(next)".utf8)) : nil,
                    rows: rows.packed, tally: rows.tally, readUnits: meter.units)
            }
        }

        /// Reads the facts of persons in all bases that are needed, and adds their rows.
        private func add(
            _ labels: [SubjectLabel], known: [KnownPerson]? = nil, to rows: inout FeatureRows, _ meter: ReadMeter
        ) async throws {
            let causes = extraction.blocks.causes(of: labels.lazy.map(\.cpf))
            let indices = labels.indices.filter { index in
                guard let cause = causes?[index] else { return true }
                return cause == .blocked && plan.purpose.isExemptFromBlocks
            }
            let open = indices.map { labels[$0] }
            let known = known.map { known in indices.map { known[$0] } }
            rows.tally.blocked += labels.count - open.count
            let access = plan.access
            let requests = open.map { label in
                var request = SubjectRequest(SubjectRead(cpf: label.cpf, access: access))
                request.isAudited = true
                return request
            }
            let tokens = extraction.facts.profiles.vault.tokens(of: open.lazy.map(\.cpf))
            let earliest = open.reduce(plan.asOf) { min($0, $1.asOf ?? plan.asOf) }
            let day = CalendarDate.inSaoPaulo(plan.asOf)
            let found = await extraction.facts.facts(
                of: requests, needing: plan.kindsOfPersons, asOf: earliest, known: known,
                lookedUpBy: open.map { $0.asOf.map { .inSaoPaulo($0) } ?? day }, tokensInB: tokens, meter: meter)
            let isLabelled = plan.labels != nil
            try plan.study.withNames { names in
                for ((label, token), facts) in zip(zip(open, tokens), found) {
                    do throws(ServiceError) {
                        rows.add(
                            try facts.get(), names.name(of: token), asOf: label.asOf ?? plan.asOf,
                            isBad: isLabelled ? label.isBad : nil)
                    } catch {
                        if case .store(let error) = error { throw error }
                        rows.tally.unreadable += 1
                    }
                }
            }
        }
    }
}

extension WalkedProfile {
    /// The facts with their times, which the store has hidden.
    fileprivate func facts(in session: inout VaultSession) -> ProfileFacts {
        let times = session.shown(times, of: .subject(token))
        var facts = facts
        (facts.createdAt, facts.updatedAt) = (times.created, times.updated)
        return facts
    }
}
