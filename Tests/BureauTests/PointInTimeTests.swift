import Seeds
import Testing

@testable import Bureau

@Suite("Characteristics as of an instant")
struct PointInTimeTests {
    private let asOf: Instant = Sample.parse("2026-09-15T15:00:00Z")

    @Test("facts that occurred or were recorded later, added in any order, change nothing", arguments: 0..<60)
    func later(seed: UInt64) {
        var facts = RandomFacts(seed: seed)
        let before = facts.make(recordedFrom: -400, to: 0, around: asOf)
        let values = before.values(of: CharacteristicName.allCases, asOf: asOf)
        let added = facts.make(recordedFrom: 1, to: 70, around: asOf)
        var after = before
        if after.profile == nil { after.profile = added.profile }
        if after.person == nil { after.person = added.person }
        after.person?.debts += added.person?.debts ?? []
        after.person?.debts.shuffle(using: &facts.random)
        for index in after.person?.debts.indices ?? 0..<0 where facts.chance() {
            after.person?.debts[index].payments += added.person?.debts.first?.payments ?? []
        }
        after.events?.queries.events += added.events?.queries.events ?? []
        after.events?.movements.events += added.events?.movements.events ?? []
        after.events?.purchases.events += added.events?.purchases.events ?? []
        after.events?.queries.events.shuffle(using: &facts.random)
        after.events?.movements.events.shuffle(using: &facts.random)
        #expect(after.values(of: CharacteristicName.allCases, asOf: asOf) == values)
        // They do count once they are there.
        #expect(after.values(of: CharacteristicName.allCases, asOf: CreditFacts.now) != values)
    }

    @Test("disputed debts, what the law has closed and own access change nothing", arguments: 0..<60)
    func uncounted(seed: UInt64) {
        var facts = RandomFacts(seed: seed)
        let with = facts.make(recordedFrom: -400, to: 0, around: asOf)
        var more = with
        for _ in 0..<5 {
            var debt = facts.debt(recordedAt: facts.instant(-400...0, around: asOf), around: asOf)
            debt.payments = facts.payments(from: -400, to: 0, around: asOf)
            if facts.chance() {
                debt.status = .disputed
                if facts.chance() { debt.updatedAt = CreditFacts.now }
            } else {
                debt.status = .overdue
                debt.dueDate = facts.date(-4000 ... -1830, around: asOf)
            }
            more.person?.debts.append(debt)
            more.events?.queries.events.append(
                DatedFact(
                    occurredAt: facts.instant(-180...0, around: asOf), recordedAt: asOf,
                    QueryFacts(requester: 99, purpose: .dataSubjectRequest)))
        }
        more.person?.debts.shuffle(using: &facts.random)
        let names = CharacteristicName.allCases
        #expect(more.values(of: names, asOf: asOf) == with.values(of: names, asOf: asOf))
    }

    @Test("values do not depend on the order of facts", arguments: 0..<30)
    func order(seed: UInt64) {
        var facts = RandomFacts(seed: seed)
        let one = facts.make(recordedFrom: -400, to: 60, around: asOf)
        var other = one
        other.person?.debts.shuffle(using: &facts.random)
        for index in other.person?.debts.indices ?? 0..<0 {
            other.person?.debts[index].payments.shuffle(using: &facts.random)
        }
        other.events?.queries.events.shuffle(using: &facts.random)
        other.events?.purchases.events.shuffle(using: &facts.random)
        for instant in [asOf, CreditFacts.now] {
            let names = CharacteristicName.allCases
            #expect(one.values(of: names, asOf: instant) == other.values(of: names, asOf: instant))
        }
    }

    @Test("names have the numbers that stores keep")
    func numbers() {
        for (index, name) in CharacteristicName.allCases.enumerated() {
            #expect(Int(name.number) == index + 1)
            #expect(CharacteristicName(number: name.number) == name)
        }
        #expect(CharacteristicName(number: 0) == nil && CharacteristicName(number: 200) == nil)
        // What scores were kept with must never move.
        #expect(CharacteristicName.age.number == 1 && CharacteristicName.overdueDebts.number == 8)
        #expect(CharacteristicName.inquiries90.number == 18 && CharacteristicName.worstDelinquency12.number == 31)
    }
}

/// Facts made of random numbers, the same for a seed.
private struct RandomFacts {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func chance() -> Bool { Bool.random(using: &random) }

    mutating func instant(_ days: ClosedRange<Int>, around instant: Instant) -> Instant {
        let (first, last) = (Int64(days.lowerBound) * 86_400_000_000, Int64(days.upperBound) * 86_400_000_000)
        let microseconds = instant.microsecondsSinceEpoch + .random(in: first...last, using: &random)
        return Instant(microsecondsSinceEpoch: microseconds) ?? instant
    }

    mutating func date(_ days: ClosedRange<Int>, around instant: Instant) -> CalendarDate {
        .inSaoPaulo(self.instant(days, around: instant))
    }

    mutating func debt(recordedAt: Instant, around instant: Instant) -> DebtFacts {
        let status = DebtStatus.allCases.filter { $0 != .disputed }.randomElement(using: &random) ?? .open
        return DebtFacts(
            creditor: .random(in: 0..<3, using: &random),
            amount: Money(cents: .random(in: 1...900_000, using: &random)),
            annualInterestBasisPoints: .random(in: 0...9000, using: &random),
            openedOn: chance() ? date(-900 ... -401, around: instant) : nil,
            dueDate: date(-900...900, around: instant),
            settledOn: status.isSettled ? date(-400 ... -1, around: instant) : nil, status: status,
            createdAt: recordedAt)
    }

    mutating func payments(from: Int, to: Int, around instant: Instant) -> [PaymentFacts] {
        (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            let due = date(-800...200, around: instant)
            let paid = CalendarDate(daysSinceEpoch: due.daysSinceEpoch + .random(in: -9...60, using: &random))
            return PaymentFacts(
                dueDate: due, paidInFullOn: chance() ? paid : nil,
                createdAt: self.instant(from...to, around: instant))
        }
    }

    /// Facts that were recorded in a span of days around an instant. Those that are recorded later may have occurred
    /// before.
    mutating func make(recordedFrom from: Int, to: Int, around instant: Instant) -> CreditFacts {
        var facts = CreditFacts.of([], events: EventFacts())
        facts.person?.createdAt = self.instant(from...to, around: instant)
        if from < 0 { facts.person?.createdAt = .first }
        facts.person?.debts = (0..<Int.random(in: 1..<6, using: &random)).map { _ in
            var debt = debt(recordedAt: self.instant(from...to, around: instant), around: instant)
            debt.payments = payments(from: from, to: to, around: instant)
            return debt
        }
        if chance() {
            facts.profile = ProfileFacts(
                birthDate: date(-20_000 ... -7000, around: instant),
                housing: Housing.allCases.randomElement(using: &random),
                incomeSources: [IncomeFigures(kind: .salary, monthlyAmount: Money(cents: 100_000))],
                createdAt: self.instant(from...to, around: instant))
        }
        func times(_ facts: inout RandomFacts) -> (Instant, Instant) {
            let recordedAt = facts.instant(from...to, around: instant)
            return (min(recordedAt, facts.instant(-180...to, around: instant)), recordedAt)
        }
        for _ in 0..<20 {
            let ((query, queryAt), (movement, movementAt)) = (times(&self), times(&self))
            let (purchase, purchaseAt) = times(&self)
            facts.events?.queries.events.append(
                DatedFact(
                    occurredAt: query, recordedAt: queryAt,
                    QueryFacts(requester: .random(in: 0..<4, using: &random), purpose: .creditApplication)))
            facts.events?.movements.events.append(
                DatedFact(
                    occurredAt: movement, recordedAt: movementAt,
                    MovementFacts(
                        direction: chance() ? .credit : .debit,
                        amount: Money(cents: .random(in: 1...90_000, using: &random)), isCash: chance())))
            facts.events?.purchases.events.append(
                DatedFact(
                    occurredAt: purchase, recordedAt: purchaseAt,
                    PurchaseFacts(
                        amount: Money(cents: .random(in: 1...90_000, using: &random)), isApproved: chance(),
                        isInInstallments: chance())))
        }
        return facts
    }
}
