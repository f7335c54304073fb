import Bureau
import Repositories
import Vault

/// The rows of a page, and what became of the subjects that have none.
struct FeatureRows {
    private(set) var packed = PackedRows()
    var tally = ExtractionTally()
    private let plan: ExtractionPlan
    private let needsPerson: Bool
    /// Whether events alone make a subject known.
    private let isOfEvents: Bool
    /// Where the age stands, of which a row has the five years.
    private let agePlace: Int?

    init(plan: ExtractionPlan) {
        self.plan = plan
        needsPerson = plan.source == .persons
        isOfEvents = plan.kinds.bases == [.c]
        agePlace = plan.characteristics.firstIndex(of: .age)
    }

    /// Adds the row of a subject, unless there was nobody at the instant or no score would be computed.
    mutating func add(_ facts: CreditFacts, _ name: StudyName, asOf: Instant, isBad: Bool?) {
        var recordedAt = facts.person?.createdAt
        if !needsPerson, let created = facts.profile?.createdAt { recordedAt = min(recordedAt ?? created, created) }
        let isEventful = isOfEvents && facts.events != nil
        guard recordedAt != nil || isEventful else {
            tally.unknown += 1
            return
        }
        if let recordedAt, recordedAt > asOf {
            tally.recordedLater += 1
            return
        }
        if facts.isRegisterClosed {
            tally.closed += 1
            return
        }
        let day = CalendarDate.inSaoPaulo(asOf)
        if let birthDate = facts.profile?.birthDate ?? facts.person?.birthDate {
            let person = ScoredPerson(
                birthDateInA: facts.person?.birthDate, birthDateInB: birthDate,
                isDeceased: facts.person?.isDeceased ?? false)
            if person.unscorableCause(on: day) != nil {
                tally.unscorable += 1
                return
            }
        }
        if plan.isOfPresence {
            let holders = RowHolders(facts, asOf: asOf)
            return packed.append(FeatureRow(name: name, asOf: asOf, isBad: isBad, values: holders.values))
        }
        var values = facts.values(
            of: plan.characteristics, asOf: asOf,
            undatedRecordedAt: plan.isOfNow && asOf == plan.asOf ? asOf : nil)
        if let agePlace, case .number(let years) = values[agePlace] {
            values[agePlace] = .number(years - years.truncatingRemainder(dividingBy: 5))
        }
        let isUnknown = values.contains(.missing(.notKnownThen))
        if isUnknown, facts.wasOverwritten(after: asOf) {
            // The change may be the outcome itself: who learns from a value that is missing for it learns nothing true.
            tally.overwrittenSince += 1
            return
        }
        tally.rows += 1
        if isUnknown { tally.notKnownThen += 1 }
        if facts.lacksConsent { tally.withoutConsent += 1 }
        let row = FeatureRow(
            name: name, asOf: asOf, isBad: isBad,
            cell: plan.hasCells ? FeatureCell(facts.profile, on: day) : nil, values: values)
        packed.append(row)
    }

    /// Counts a subject whose data may not be used.
    mutating func leaveOut(_ cause: HiddenSubjects.Cause) {
        switch cause {
        case .blocked: tally.blocked += 1
        case .closed: tally.closed += 1
        }
    }
}

/// Rows as bytes, one behind the other, because an array for each would cost more than its bytes.
public struct PackedRows: Sendable, Sequence {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    mutating func append(_ row: FeatureRow) {
        row.append(to: &bytes)
        ends.append(bytes.count)
    }

    public func makeIterator() -> AnyIterator<ArraySlice<UInt8>> {
        var (index, start) = (0, 0)
        return AnyIterator {
            guard index < ends.count else { return nil }
            defer { (index, start) = (index + 1, ends[index]) }
            return bytes[start..<ends[index]]
        }
    }
}
