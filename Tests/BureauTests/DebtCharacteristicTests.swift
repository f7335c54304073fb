import Testing

@testable import Bureau

@Suite("Characteristics of debts")
struct DebtCharacteristicTests {
    private let names: [CharacteristicName] = [
        .overdueDebts, .overdueAmount, .maxDaysPastDue, .openDebts, .debtToAnnualIncome, .interestToIncome,
        .settledShare, .creditors, .monthsOnFile, .punctuality24, .monthsSinceLastOverdue, .worstDelinquency12,
    ]

    @Test("each has the value of its definition")
    func values() {
        let facts = CreditFacts.of(
            [
                .of(.overdue, due: "2026-11-19", amount: 30_000, rate: 1200, creditor: 1, opened: "2024-11-29"),
                .of(.open, due: "2026-11-28", amount: 20_000, rate: 1200, creditor: 2),
                .of(.open, due: "2026-11-29", amount: 10_000, rate: 1200, creditor: 1),
                .of(.writtenOff, due: "2025-11-29", amount: 60_000, rate: 0, creditor: 3),
                .of(.settled, due: "2026-06-01", amount: 500_000, creditor: 4),
                .of(.renegotiated, due: "2026-06-01", amount: 500_000, creditor: 5),
            ], profile: .earning(100_000))
        #expect(facts[.overdueDebts] == .number(3))
        #expect(facts[.overdueAmount] == .number(110_000))
        #expect(facts[.maxDaysPastDue] == .number(365))
        #expect(facts[.openDebts] == .number(1))
        #expect(facts[.debtToAnnualIncome] == .number(10))
        // 60 000 centavos at 1 % a month.
        #expect(facts[.interestToIncome] == .number(0))
        #expect(facts[.settledShare] == .number(20))
        #expect(facts[.creditors] == .number(3))
        #expect(facts[.monthsOnFile] == .number(24))
    }

    @Test("interest of a month relative to income is rounded down")
    func interest() {
        let facts = CreditFacts.of(
            [.of(.open, due: "2030-01-01", amount: 1_000_000, rate: 2400)], profile: .earning(100_100))
        #expect(facts[.interestToIncome] == .number(19))
    }

    @Test("a person without debts has counts of 0, and no shares")
    func noDebts() {
        let facts = CreditFacts.of([], profile: .earning(100))
        for name in [CharacteristicName.overdueDebts, .overdueAmount, .openDebts, .creditors] {
            #expect(facts[name] == .number(0), "\(name)")
        }
        #expect(facts[.debtToAnnualIncome] == .number(0) && facts[.interestToIncome] == .number(0))
        let conditional: [CharacteristicName] = [
            .maxDaysPastDue, .settledShare, .monthsOnFile, .punctuality24, .monthsSinceLastOverdue, .worstDelinquency12,
        ]
        for name in conditional { #expect(facts[name] == .missing(.notApplicable), "\(name)") }
        #expect(CreditFacts.of([.of(.open, due: "2030-01-01")])[.maxDaysPastDue] == .number(0))
    }

    @Test("whom base A does not know, or did not then, has no record; an overwritten debt is not known then")
    func times() {
        let profile = ProfileFacts.earning(100)
        let one = CreditFacts.of(
            [.of(.overdue, due: "2026-01-01", created: "2026-02-01T00:00:00Z", updated: "2026-06-01T00:00:00Z")],
            profile: profile)
        for name in names {
            #expect(CreditFacts.of(profile: profile)[name] == .missing(.noRecord), "\(name)")
            #expect(one[name, at: "2026-01-01T00:00:00Z"] == .missing(.noRecord), "\(name)")
            #expect(one[name, at: "2026-05-31T23:59:59Z"] == .missing(.notKnownThen), "\(name)")
        }
        #expect(one[.overdueDebts, at: "2026-01-31T23:59:59Z"] == .number(0))
        #expect(one[.overdueDebts, at: "2026-06-01T00:00:00Z"] == .number(1))
    }

    @Test("the shares of an income need one")
    func noIncome() {
        let debts: [DebtFacts] = [.of(.open, due: "2030-01-01")]
        for name in [CharacteristicName.debtToAnnualIncome, .interestToIncome] {
            #expect(CreditFacts.of(debts)[name] == .missing(.noRecord))
            #expect(CreditFacts.of(debts, profile: .of())[name] == .missing(.notApplicable))
            #expect(CreditFacts.of(debts, profile: .earning(0))[name] == .missing(.notApplicable))
            let later = CreditFacts.of(debts, profile: .of(updated: "2026-06-01T00:00:00Z"))
            #expect(later[name, at: "2026-05-01T00:00:00Z"] == .missing(.notKnownThen))
        }
    }

    @Test(
        "what is against the person counts up to the same day five years after it was due",
        arguments: [DebtStatus.overdue, .writtenOff, .open])
    func fiveYears(status: DebtStatus) {
        let facts = CreditFacts.of([.of(status, due: "2021-11-28")])
        // 23:59 of 28 November in São Paulo, and midnight.
        let (last, midnight) = ("2026-11-29T02:59:59Z", "2026-11-29T03:00:00Z")
        #expect(facts[.overdueDebts, at: last] == .number(1))
        for name in names { #expect(facts[name, at: midnight] == CreditFacts.of([])[name, at: midnight], "\(name)") }
    }

    @Test(
        "a disputed debt, one that the law has closed, and one that began later change nothing",
        arguments: [
            DebtFacts.of(.disputed, due: "2026-01-01", amount: 999_999),
            .of(.disputed, due: "2026-01-01", created: "2026-02-01T00:00:00Z", updated: "2026-11-01T00:00:00Z"),
            .of(.settled, due: "2009-01-01", settled: "2011-11-28"), .of(.settled, due: "2011-11-28"),
            .of(.overdue, due: "2021-11-28"), .of(.open, due: "2021-11-28"),
            .of(.open, due: "2030-01-01", opened: "2026-11-30"),
        ])
    func uncounted(debt: DebtFacts) {
        let profile = ProfileFacts.earning(100_000)
        let debts: [DebtFacts] = [
            .of(.overdue, due: "2026-10-01", creditor: 1, [.due("2026-09-01", paid: "2026-09-02")]),
            .of(.open, due: "2030-01-01", creditor: 2),
        ]
        var closed = debt
        closed.payments = [.due("2026-01-01"), .due("2026-02-01", paid: "2026-10-01")]
        closed.creditor = 3
        let (with, without) = (
            CreditFacts.of(debts + [closed], profile: profile), CreditFacts.of(debts, profile: profile)
        )
        for name in CharacteristicName.allCases { #expect(with[name] == without[name], "\(name)") }
    }

    @Test("months end on the day of the same number, or on the next day where a month lacks it")
    func monthEnds() {
        let facts = CreditFacts.of([.of(.open, due: "2030-01-01", opened: "2026-01-31")])
        func months(_ instant: String) -> CharacteristicValue {
            var facts = facts
            facts.person?.createdAt = .first
            facts.person?.debts[0].createdAt = .first
            facts.person?.debts[0].updatedAt = .first
            return facts[.monthsOnFile, at: instant]
        }
        #expect(months("2026-03-01T02:59:59Z") == .number(0))
        #expect(months("2026-03-01T03:00:00Z") == .number(1))
        // A debt that does not tell when it began counts from the day in São Paulo on which it was recorded.
        let recorded = CreditFacts.of([.of(.open, due: "2030-01-01", created: "2026-10-30T02:59:59Z")])
        #expect(recorded[.monthsOnFile, at: "2026-11-29T02:59:59Z"] == .number(0))
        #expect(recorded[.monthsOnFile, at: "2026-11-29T15:00:00Z"] == .number(1))
    }

    @Test("while the register is closed, only what is against the person and who asked about them count")
    func closedRegister() {
        let facts = CreditFacts.of(
            [
                .of(.overdue, due: "2026-11-19", creditor: 1, [.due("2026-09-01", paid: "2026-09-01")]),
                .of(.open, due: "2026-10-01"), .of(.open, due: "2030-01-01"), .of(.settled, due: "2026-01-01"),
            ], profile: .earning(100),
            events: EventFacts(
                queries: KindFacts([.query("2026-11-01T00:00:00Z")]),
                movements: KindFacts([.movement("2026-11-01T00:00:00Z", .credit, 100)])), closed: true)
        #expect(facts[.overdueDebts] == .number(1) && facts[.overdueAmount] == .number(10_000))
        #expect(facts[.maxDaysPastDue] == .number(10) && facts[.worstDelinquency12] == .number(10))
        #expect(facts[.monthsSinceLastOverdue] == .number(0) && facts[.inquiries90] == .number(1))
        let withheld = CharacteristicName.allCases.filter { facts[$0] == .missing(.noRecord) }
        #expect(withheld.count == CharacteristicName.allCases.count - 10)
    }
}
