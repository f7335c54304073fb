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
            (.open, "2026-11-28", "2001-01-01", "2026-11-28", nil),
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

    @Test(
        "contracts are compared without regard to case and white space around and between words",
        arguments: [
            ("Banco X", "A1", true), ("BANCO X", "a1", true), ("  Banco \u{A0} X\t", " A1 ", true),
            ("Banco X", "A 1", false), ("BancoX", "A1", false), ("Banco Y", "A1", false),
        ])
    func folded(creditor: String, contractID: String, isSame: Bool) {
        var debt = Sample.debt
        (debt.creditor, debt.creditorCNPJ, debt.contractID) = ("Banco X", nil, "A1")
        var other = debt
        (other.creditor, other.contractID) = (creditor, contractID)
        #expect(debt.hasContract(of: other) == isSame && other.hasContract(of: debt) == isSame)
        #expect([debt, other].duplicateContracts.isEmpty != isSame)
    }

    @Test("letters that case makes the same are one, and so are the forms of a letter")
    func foldedLetters() {
        var debt = Sample.debt
        (debt.creditor, debt.contractID) = ("Crédito Straße", "Nº 1")
        var other = debt
        (other.creditor, other.contractID) = ("CRE\u{301}DITO STRASSE", "nº  1")
        other.creditorCNPJ = nil
        #expect(debt.hasContract(of: other))
    }

    @Test(
        "an instalment that was not paid in full in time is withheld five years after its own due date",
        arguments: [
            (nil, 0, "2026-11-28", nil), (nil, 0, "2026-11-29", .negative),
            ("2021-11-28", 100, "2026-11-29", nil), ("2021-11-29", 100, "2026-11-28", nil),
            ("2021-11-29", 100, "2026-11-29", .negative), ("2021-11-28", 99, "2026-11-29", .negative),
        ] as [(String?, Int64, String, WithheldReason?)])
    func payments(paid: String?, cents: Int64, day: String, reason: WithheldReason?) throws {
        let payment = Payment(
            paymentID: "1", dueDate: Sample.parse("2021-11-28"), amount: Money(cents: 100),
            paid: paid.map { PaidAmount(day: Sample.parse($0), amount: Money(cents: cents)) })
        #expect(payment.withheld(on: Sample.parse(day)) == reason)
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
        debt.status = .settled
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
