import Bureau
import Repositories
import Vault

/// What an extraction is about.
public struct ExtractionPlan: Sendable {
    /// Gives the subjects their names.
    public var study: StudyKey
    /// The instant whose facts count, where a label has none of its own.
    public var asOf: Instant
    /// Whether `asOf` is the beginning of the extraction, by which everything was recorded of which nobody kept when.
    public var isOfNow: Bool
    public var purpose: Purpose
    /// The organisation that the extraction is made for, whom people may have given their consent.
    public var requester: String?
    /// What is computed of each subject.
    public var characteristics: [CharacteristicName]
    /// The labelled subjects; nil for everybody.
    public var labels: [SubjectLabel]?
    /// Whether rows have their `FeatureCell`.
    public var hasCells: Bool
    /// Whether rows tell whose data may be used now, and who holds them, instead of characteristics.
    public var isOfPresence = false

    public init(
        study: StudyKey, asOf: Instant, isOfNow: Bool = false, purpose: Purpose, requester: String? = nil,
        characteristics: [CharacteristicName], labels: [SubjectLabel]? = nil, hasCells: Bool = false
    ) {
        self.study = study
        self.asOf = asOf
        self.isOfNow = isOfNow
        self.purpose = purpose
        self.requester = requester
        self.characteristics = characteristics
        self.labels = labels
        self.hasCells = hasCells
    }

    /// What is read. A cell is of the profile, and so is the age below which nobody is scored.
    public var kinds: FactKinds {
        var kinds = FactKinds(of: characteristics)
        if hasCells || kinds.bases.isEmpty { kinds.formUnion(.profile) }
        return kinds
    }

    /// What is read where a CPF is at hand: also what tells whether data may be used at all. Account data count of
    /// those who consent, as in a score, so that nothing is learned that no score may read.
    var kindsOfPersons: FactKinds {
        if isOfPresence, source == .persons { return kinds.intersection(.profile).union(.standing) }
        let kinds = kinds.union(.standing)
        return kinds.isDisjoint(with: .accountData) ? kinds : kinds.union(.consents)
    }

    /// The access to each person, which the audit log has as one act with its counts.
    public var access: Access {
        Access(method: "features.extract", purpose: purpose, requester: requester, groups: groups)
    }

    /// The groups of fields that the rows tell something about.
    public var groups: FieldGroups {
        let groups = characteristics.reduce(into: kinds.groups) { $0.formUnion($1.groups) }
        return hasCells ? groups.union([.identity, .finances]) : groups
    }

    /// Where the walk finds the subjects.
    public var source: ExtractionSource {
        if labels != nil { return .labels }
        return kinds.bases == [.b] ? .profiles : .persons
    }
}

/// Where a walk finds its subjects.
public enum ExtractionSource: Hashable, Sendable {
    /// In a file of labels, which names them.
    case labels
    /// In base B, whose profiles lie under tokens that lead nowhere else.
    case profiles
    /// In base A, because a CPF opens there alone, and by it the same person is found in the other bases.
    case persons
}

/// A subject whose fate is known, as somebody who learns from the extraction tells it.
public struct SubjectLabel: Sendable, PersonalValue {
    public var cpf: CPF
    /// Nil for the extraction's own instant.
    public var asOf: Instant?
    public var isBad: Bool

    public init(cpf: CPF, asOf: Instant?, isBad: Bool) {
        self.cpf = cpf
        self.asOf = asOf
        self.isBad = isBad
    }
}

/// What a walk has met, and what became of it.
public struct ExtractionTally: Hashable, Sendable {
    public var rows = 0
    /// Rows with an event of which nobody kept when it was recorded, so that a value is `not_known_then`.
    public var notKnownThen = 0
    /// Subjects of whom something was overwritten since the instant, so that a value is not known then.
    public var overwrittenSince = 0
    /// Rows without account data that were asked for, because the person consents to no such use.
    public var withoutConsent = 0
    /// Subjects who were recorded after the instant.
    public var recordedLater = 0
    /// Labels of whom no base that is read knows anything.
    public var unknown = 0
    /// Subjects of whom no score would be computed: minors, birth dates that nobody believes, and, where base A is
    /// read, the deceased.
    public var unscorable = 0
    /// Subjects who have closed their register of positive data (Lei 12.414/2011, art. 5, I).
    public var closed = 0
    /// Subjects whose data are blocked (LGPD art. 18, IV).
    public var blocked = 0
    /// Subjects with a sealed value that does not open where it lies.
    public var unreadable = 0

    public init() {}

    /// The subjects that were met.
    public var met: Int {
        rows + overwrittenSince + recordedLater + unknown + unscorable + closed + blocked + unreadable
    }

    public static func += (left: inout ExtractionTally, right: ExtractionTally) {
        left.rows += right.rows
        left.notKnownThen += right.notKnownThen
        left.overwrittenSince += right.overwrittenSince
        left.withoutConsent += right.withoutConsent
        left.recordedLater += right.recordedLater
        left.unknown += right.unknown
        left.unscorable += right.unscorable
        left.closed += right.closed
        left.blocked += right.blocked
        left.unreadable += right.unreadable
    }
}

/// How far a walk has come: the segments that were begun, each with the place at which it goes on.
public struct ExtractionProgress: Hashable, Sendable {
    /// How many segments there are.
    public let segments: Int
    /// The segments that nobody has begun are those from here on.
    public var begun = 0
    /// The segments that were begun and not ended; nil at their beginning.
    public var open: [Int: WalkCursor?] = [:]

    public init(segments: Int) { self.segments = segments }

    public var isDone: Bool { begun == segments && open.isEmpty }

    /// Notes what a page of a segment has given. Segments are begun in their order.
    public mutating func took(_ portion: ExtractionPortion) {
        let number = portion.segment.number
        while begun <= number {
            open[begun] = .some(nil)
            begun += 1
        }
        if let next = portion.next { open[number] = .some(next) } else { open[number] = nil }
    }
}

/// What one page of a walk gives.
public struct ExtractionPortion: Sendable {
    public var segment: WalkSegment
    /// Where the segment goes on; nil at its end.
    public var next: WalkCursor?
    public var rows: PackedRows
    public var tally: ExtractionTally
    /// What the store charges.
    public var readUnits: Double
}
