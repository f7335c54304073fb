import Bureau

/// A step that a store remembers as applied.
public struct AppliedStep: Hashable, Sendable {
    public let name: String
    /// SHA-256 of the file that was applied, in hexadecimal.
    public let checksum: String
    public let appliedAt: Instant

    public init(name: String, checksum: String, appliedAt: Instant) {
        self.name = name
        self.checksum = checksum
        self.appliedAt = appliedAt
    }
}

/// The rules of migration: compares the steps of a program with those of a store, and tells what may run next.
///
/// A pure value. A driver reads the applied steps, asks for a plan and executes what it says. Names decide which steps
/// are the same; the order is the program's. A step may be missing before an applied one, because two branches have
/// each added a step: it is pending like any other, and is applied next.
public struct MigrationPlan: Sendable {
    /// The program's steps, in order.
    private let steps: [MigrationStep]
    /// The store's steps, in the order in which the store lists them.
    private let applied: [AppliedStep]

    public init(steps: [MigrationStep], applied: [AppliedStep]) {
        self.steps = steps
        self.applied = applied
    }

    /// How a store's schema relates to the program's. Of several flaws the first is named: drifted, newer, behind.
    public enum Verdict: Hashable, Sendable {
        /// Every step of the program is applied from its file, and no other.
        case current
        /// The program has steps that are not applied, this one first.
        case behind(step: String)
        /// This step was applied from a file that has changed since.
        case drifted(step: String)
        /// The store has this step and the program does not: it belongs to a newer program, or to another base.
        case newer(step: String)
    }

    public var verdict: Verdict {
        let states = states
        if let drifted = states.first(where: \.hasDrifted) { return .drifted(step: drifted.name) }
        if let unknown = states.first(where: { !$0.isKnown }) { return .newer(step: unknown.name) }
        if let missing = states.first(where: { $0.appliedAt == nil }) { return .behind(step: missing.name) }
        return .current
    }

    /// The state of each step: the program's in order, then those that only the store has.
    public var states: [MigrationState] {
        let known = steps.map { step in
            let applied = appliedStep(step)
            return MigrationState(
                name: step.name, appliedAt: applied?.appliedAt,
                hasDrifted: applied.map { $0.checksum != step.checksum } ?? false, isKnown: true)
        }
        let unknown = applied.filter { applied in !steps.contains { $0.name == applied.name } }
        return known
            + unknown.map { MigrationState(name: $0.name, appliedAt: $0.appliedAt, hasDrifted: false, isKnown: false) }
    }

    /// The applied steps that have not drifted, those of a newer program included, for a store's health.
    public var appliedCount: Int {
        states.count { $0.appliedAt != nil && !$0.hasDrifted }
    }

    /// The steps to apply, in this order, all of them when `count` is nil.
    ///
    /// Throws `drifted` or `unknownStep`: on such a schema no step may run.
    public func stepsUp(_ count: Int?, of base: Base) throws(MigrationError) -> [MigrationStep] {
        try requireSound(base)
        return Array(steps.filter { appliedStep($0) == nil }.prefix(max(0, count ?? .max)))
    }

    /// The steps to take back, the newest first. Throws as ``stepsUp(_:of:)`` does.
    public func stepsDown(_ count: Int, of base: Base) throws(MigrationError) -> [MigrationStep] {
        try requireSound(base)
        return Array(steps.filter { appliedStep($0) != nil }.reversed().prefix(max(0, count)))
    }

    private func requireSound(_ base: Base) throws(MigrationError) {
        switch verdict {
        case .current, .behind: return
        case .drifted(let step): throw .drifted(base, step: step)
        case .newer(let step): throw .unknownStep(base, step: step)
        }
    }

    private func appliedStep(_ step: MigrationStep) -> AppliedStep? {
        applied.first { $0.name == step.name }
    }
}
