import Testing

@testable import Bureau

@Suite("Characteristics of payments")
struct PaymentCharacteristicTests {
    private func facts(
        _ payments: [PaymentFacts], _ status: DebtStatus = .open, settled: String? = nil, due: String = "2030-01-01"
    ) -> CreditFacts {
        .of([.of(status, due: due, settled: settled, payments)])
    }

    @Test("punctuality is the share of the instalments due in 24 months that were paid in full by their day")
    func punctuality() {
        let facts = facts([
            .due("2026-10-01", paid: "2026-10-01"), .due("2026-09-01", paid: "2026-08-30"),
            .due("2026-08-01", paid: "2026-08-02"), .due("2026-07-01"),
            // Not due yet, due today, and due 24 months ago.
            .due("2026-12-01"), .due("2026-11-29"), .due("2024-11-29"),
        ])
        #expect(facts[.punctuality24] == .number(50))
        // In São Paulo 1 October is over, and the payment of it was recorded by then.
        #expect(
            self.facts([.due("2026-10-01")])[.punctuality24, at: "2026-10-02T02:59:59Z"] == .missing(.notApplicable))
        #expect(self.facts([.due("2026-10-01")])[.punctuality24, at: "2026-10-02T03:00:00Z"] == .number(0))
        #expect(self.facts([.due("2024-11-30", paid: "2024-11-30")])[.punctuality24] == .number(100))
        #expect(self.facts([])[.punctuality24] == .missing(.notApplicable))
    }

    @Test("an instalment of a debt that was settled or renegotiated by its day was not due")
    func settledEarly() {
        let payments: [PaymentFacts] = [.due("2026-06-01"), .due("2026-07-01"), .due("2026-05-01", paid: "2026-05-01")]
        for status in [DebtStatus.settled, .renegotiated] {
            let facts = facts(payments, status, settled: "2026-06-01")
            #expect(facts[.punctuality24] == .number(100), "\(status)")
            #expect(facts[.monthsSinceLastOverdue] == .missing(.notApplicable), "\(status)")
            let late = self.facts(payments, status, settled: "2026-06-15")
            #expect(late[.punctuality24] == .number(50), "\(status)")
            #expect(late[.monthsSinceLastOverdue] == .number(5), "\(status)")
            #expect(late[.worstDelinquency12] == .number(14), "\(status)")
        }
    }

    @Test("the last delay is that of a late payment or settlement, or goes on")
    func lastDelay() {
        #expect(facts([.due("2026-01-10", paid: "2026-01-29")])[.monthsSinceLastOverdue] == .number(10))
        #expect(facts([.due("2026-01-10", paid: "2026-01-30")])[.monthsSinceLastOverdue] == .number(9))
        #expect(facts([.due("2026-01-10")])[.monthsSinceLastOverdue] == .number(0))
        #expect(facts([.due("2026-01-10", paid: "2026-01-10")])[.monthsSinceLastOverdue] == .missing(.notApplicable))
        #expect(facts([], .overdue, due: "2026-11-28")[.monthsSinceLastOverdue] == .number(0))
        #expect(facts([], .writtenOff, due: "2022-01-01")[.monthsSinceLastOverdue] == .number(0))
        #expect(
            facts([], .settled, settled: "2026-05-29", due: "2026-05-28")[.monthsSinceLastOverdue] == .number(6))
        // Five years after the due date a delay is forgotten.
        #expect(facts([.due("2021-11-28", paid: "2022-01-01")])[.monthsSinceLastOverdue] == .missing(.notApplicable))
        #expect(facts([.due("2021-11-29", paid: "2022-01-01")])[.monthsSinceLastOverdue] == .number(58))
    }

    @Test("the worst delinquency is the most days past due that were reached in 12 months")
    func worst() {
        #expect(facts([])[.worstDelinquency12] == .number(0))
        #expect(facts([.due("2025-10-01", paid: "2025-11-29")])[.worstDelinquency12] == .number(0))
        #expect(facts([.due("2025-10-01", paid: "2025-11-30")])[.worstDelinquency12] == .number(60))
        #expect(
            facts([.due("2026-11-19"), .due("2026-01-01", paid: "2026-01-06")])[.worstDelinquency12] == .number(10))
        #expect(facts([], .overdue, due: "2025-11-29")[.worstDelinquency12] == .number(365))
    }

    @Test("a payment counts once it is recorded, and one that was overwritten since is not known then")
    func times() {
        let facts = facts([
            .due("2026-02-01", paid: "2026-02-01", created: "2026-03-01T00:00:00Z", updated: "2026-05-01T00:00:00Z")
        ])
        #expect(facts[.punctuality24, at: "2026-02-28T23:59:59Z"] == .missing(.notApplicable))
        for name in [CharacteristicName.punctuality24, .monthsSinceLastOverdue, .worstDelinquency12] {
            #expect(facts[name, at: "2026-04-30T23:59:59Z"] == .missing(.notKnownThen), "\(name)")
        }
        #expect(facts[.punctuality24, at: "2026-05-01T00:00:00Z"] == .number(100))
        // The debts themselves are known.
        #expect(facts[.openDebts, at: "2026-04-30T23:59:59Z"] == .number(1))
    }
}
