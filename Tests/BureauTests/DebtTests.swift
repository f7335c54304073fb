import Testing

@testable import Bureau

@Suite("Debts")
struct DebtTests {
    private static func debt(
        _ status: DebtStatus, due: String, settled: String? = nil
    ) throws -> Debt {
        var debt = Sample.debt
        debt.status = status
        debt.dueDate = try #require(CalendarDate(due))
        debt.settledOn = settled.flatMap { CalendarDate($0) }
        return debt
    }

    @Test(
        "a negative fact is withheld five years after the day that follows its due date, any other after fifteen",
        arguments: [
            (DebtStatus.overdue, "2021-11-28", nil, "2026-11-28", nil),
            (.overdue, "2021-11-28", nil, "2026-11-29", .negative),
            (.writtenOff, "2021-11-28", "2022-03-01", "2026-11-29", .negative),
            (.disputed, "2021-11-28", nil, "2026-11-28", nil),
            (.disputed, "2021-11-28", nil, "2026-11-29", .negative),
            (.overdue, "2020-02-28", nil, "2025-02-28", nil),
            (.overdue, "2020-02-28", nil, "2025-03-01", .negative),
            (.open, "2011-11-28", nil, "2026-11-28", nil),
            (.open, "2011-11-28", nil, "2026-11-29", .positive),
            (.settled, "2001-01-01", "2011-11-28", "2026-11-28", nil),
            (.settled, "2001-01-01", "2011-11-28", "2026-11-29", .positive),
            (.renegotiated, "2011-11-28", nil, "2026-11-29", .positive),
        ] as [(DebtStatus, String, String?, String, WithheldReason?)])
    func withheld(status: DebtStatus, due: String, settled: String?, day: String, reason: WithheldReason?) throws {
        let debt = try Self.debt(status, due: due, settled: settled)
        #expect(debt.withheld(on: try #require(CalendarDate(day))) == reason)
    }

    @Test("a contract is its number with the creditor's CNPJ, or with the name where one has no CNPJ")
    func contracts() {
        var debt = Sample.debt
        debt.contractID = "C-77"
        var other = debt
        #expect(debt.hasContract(of: other))
        other.creditor = "Outro nome"
        #expect(debt.hasContract(of: other) == (debt.creditorCNPJ != nil))
        other.creditorCNPJ = nil
        #expect(!debt.hasContract(of: other))
        other.creditor = debt.creditor
        #expect(debt.hasContract(of: other))
        other.contractID = "C-78"
        #expect(!debt.hasContract(of: other))
        other.contractID = nil
        debt.contractID = nil
        #expect(!debt.hasContract(of: other))
    }

    @Test("of debts of one contract, all but the first are told")
    func duplicates() {
        var debt = Sample.debt
        debt.contractID = "C-77"
        var other = debt
        other.contractID = "C-78"
        #expect([debt, other].duplicateContracts.isEmpty)
        #expect(
            [debt, other, debt, debt].duplicateContracts == [
                RuleViolation("/2/contractId", .duplicateContract), RuleViolation("/3/contractId", .duplicateContract),
            ])
    }

    @Test("a debt is opened and settled up to today, and settled not before it is opened")
    func days() throws {
        let now = Instant(secondsSinceEpoch: 1_795_000_000)
        let today = CalendarDate.inSaoPaulo(now)
        let tomorrow = try #require(CalendarDate(daysSinceEpoch: today.daysSinceEpoch + 1))
        var debt = Sample.debt
        debt.openedOn = today
        debt.settledOn = today
        #expect(debt.violations(at: now).isEmpty)
        debt.openedOn = tomorrow
        debt.settledOn = tomorrow
        #expect(
            debt.violations(at: now) == [
                RuleViolation("/openedOn", .inTheFuture), RuleViolation("/settledOn", .inTheFuture),
            ])
        debt.openedOn = today
        debt.settledOn = CalendarDate(daysSinceEpoch: today.daysSinceEpoch - 1)
        #expect(debt.violations(at: now) == [RuleViolation("/settledOn", .beforeOpening)])
        let payment = Payment(
            paymentID: "1", dueDate: today, amount: .zero, paid: PaidAmount(day: tomorrow, amount: .zero))
        #expect(payment.violations(at: now) == [RuleViolation("/paidOn", .inTheFuture)])
    }
}
