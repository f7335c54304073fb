import Testing

@testable import Bureau

@Suite("Rules with the clock or two members")
struct RulesTests {
    /// 29 November 2026, noon in São Paulo.
    private let now: Instant = Sample.parse("2026-11-29T12:00:00-03:00")

    private func violations(_ list: [RuleViolation]) -> [String] { list.map { "\($0.pointer) \($0.reason.rawValue)" } }

    private func born(_ day: String, at now: Instant) -> [[String]] {
        var person = Sample.person
        person.birthDate = Sample.parse(day)
        var profile = Sample.profile
        profile.birthDate = person.birthDate
        profile.incomeSources = []
        return [violations(person.violations(at: now)), violations(profile.violations(at: now))]
    }

    @Test("sound records break no rule")
    func sound() {
        #expect(violations(Sample.person.violations(at: now)) == [])
        #expect(violations(Sample.profile.violations(at: now)) == [])
        #expect(violations(Sample.debt.violations(at: now)) == [])
        #expect(violations(Sample.event.violations(at: now)) == [])
    }

    @Test(
        "a birth is from 1900 on and not in the future, by the day of São Paulo",
        arguments: [
            ("1899-12-31", "2026-11-29T12:00:00Z", "before_1900"), ("1900-01-01", "2026-11-29T12:00:00Z", nil),
            ("2026-11-29", "2026-11-29T12:00:00Z", nil), ("2026-11-30", "2026-11-29T12:00:00Z", "in_the_future"),
            ("2026-11-30", "2026-11-30T02:59:59.999999Z", "in_the_future"), ("2026-11-30", "2026-11-30T03:00:00Z", nil),
            ("0001-01-01", "2026-11-29T12:00:00Z", "before_1900"),
            ("9999-12-31", "2026-11-29T12:00:00Z", "in_the_future"),
        ] as [(String, String, String?)])
    func birth(day: String, now: String, reason: String?) {
        let expected = reason.map { ["/birthDate \($0)"] } ?? []
        #expect(born(day, at: Sample.parse(now)) == [expected, expected])
    }

    @Test("a look-up of the register is not in the future")
    func registration() {
        var person = Sample.person
        person.registration = Registration(status: .regular, checkedOn: Sample.parse("2026-11-29"))
        #expect(violations(person.violations(at: now)) == [])
        person.registration?.checkedOn = Sample.parse("2026-11-30")
        #expect(violations(person.violations(at: now)) == ["/registration/checkedOn in_the_future"])
        person.registration?.checkedOn = Sample.parse("0001-01-01")
        #expect(violations(person.violations(at: now)) == ["/registration/checkedOn before_1900"])
    }

    @Test("an income begins not before the birth and not in the future")
    func since() {
        var profile = Sample.profile
        func begin(_ days: String...) -> [String] {
            profile.incomeSources = days.map {
                IncomeSource(kind: .salary, monthlyAmount: Money(cents: 1), since: Sample.parse($0))
            }
            return violations(profile.violations(at: now))
        }
        #expect(begin("1990-05-15", "2026-11-29") == [])
        #expect(begin("2020-01-01", "1990-05-14") == ["/incomeSources/1/since before_birth"])
        #expect(begin("2026-11-30") == ["/incomeSources/0/since in_the_future"])
    }

    @Test("a debt is opened and settled, and a payment made, from 1900 on", arguments: ["0001-01-01", "1899-12-31"])
    func longAgo(day: String) {
        var debt = Sample.debt
        debt.openedOn = Sample.parse(day)
        #expect(violations(debt.violations(at: now)) == ["/openedOn before_1900"])
        debt.openedOn = Sample.parse("1900-01-01")
        #expect(violations(debt.violations(at: now)) == [])
        debt.openedOn = nil
        debt.status = .settled
        debt.settledOn = Sample.parse(day)
        #expect(violations(debt.violations(at: now)) == ["/settledOn before_1900"])
        var payment = Payment(paymentID: "1", dueDate: Sample.parse("2026-01-10"), amount: Money(cents: 1))
        payment.paid = PaidAmount(day: Sample.parse(day), amount: Money(cents: 1))
        #expect(violations(payment.violations(at: now)) == ["/paidOn before_1900"])
    }

    @Test("nothing is outstanding on an asset that is paid off")
    func paidOff() {
        var profile = Sample.profile
        func asset(_ paidOff: Bool?, _ cents: Int64?) -> [String] {
            let outstanding = cents.map { Money(cents: $0) }
            profile.assets = [
                Sample.asset,
                Asset(kind: .vehicle, value: Money(cents: 5), paidOff: paidOff, outstanding: outstanding),
            ]
            return violations(profile.violations(at: now))
        }
        #expect(asset(true, nil) == [] && asset(true, 0) == [] && asset(false, 1) == [] && asset(nil, 1) == [])
        #expect(asset(true, 1) == ["/assets/1/outstandingCents paid_off_with_outstanding"])
    }

    @Test(
        "an event is from 1990 on, and at most 24 hours ahead of the clock",
        arguments: [
            ("2026-11-30T15:00:00Z", nil), ("2026-11-30T15:00:00.000001Z", "too_far_ahead"),
            ("9999-12-31T23:59:59Z", "too_far_ahead"), ("1990-01-01T00:00:00Z", nil),
            ("1989-12-31T23:59:59.999999Z", "before_1990"), ("0001-01-01T00:00:00Z", "before_1990"),
        ] as [(String, String?)])
    func event(at time: String, reason: String?) {
        let event = Event(
            eventID: Sample.event.eventID, occurredAt: Sample.parse(time), details: Sample.event.details)
        #expect(violations(event.violations(at: now)) == (reason.map { ["/occurredAt \($0)"] } ?? []))
    }

    @Test(
        "a CPF in the name of an organisation is found in any form, and nothing else is taken for one",
        arguments: [
            ("52998224725", true), ("Loja 529.982.247-25 Ltda", true), ("x52998224725", true), ("052998224725", true),
            ("529 982 247 25", true), ("529982247-25", true), ("５２９９８２２４７２５", true), ("٥٢٩.٩٨٢.٢٤٧-٢٥", true),
            ("52998224724", false), ("11111111111", false), ("5299822472", false), ("5-2-9-9-8-2-2-4-7-2-5", true),
            ("529–982–247–25", true), ("529−982‑247－25", true), ("5 2 9 9 8 2 2 4 7 2 5", true),
            ("529\u{A0}982\u{A0}247\u{A0}25", true), ("529/982/247/25", true), ("529 . 982 . 247 — 25", true),
            ("Loja 5 529.982.247-25", true), ("529a982a247a25", false), ("529_982_247_25", true),
            ("(529)(982)(247)(25)", true), ("529,982,247,25", true), ("529·982*247:25", true),
            ("⁵²⁹⁹⁸²²⁴⁷²⁵", true), ("⑤②⑨⑨⑧②②④⑦②⑤", true), ("5\u{301}29982247\u{200B}25", true),
            ("529, 982 e 247-25", false), ("Loja 12, 345 (678)", false),
            ("%35%32%39%39%38%32%32%34%37%32%35", true), ("529%2E982%2E247%2D25", true), ("%2535299822472%2535", true),
            ("%EF%BC%9529982247%EF%BC%92%EF%BC%95", true), ("&#53;29982247&#50;5", true),
            ("&#x35;29982247&#X32;5", true),
            ("%26%2353%3B2998224725", true), ("&#00053;2998224725", true), ("&#37;352998224725", true),
            ("Loja %35 &#53;", false), ("100% 50% & Cia #24;", false), ("&#99999999999999999999;%", false),
            ("&#55296;%F", false), ("%31%36727230000197", false), ("&#18446744073709551619;", false),
            ("Loja 24 Horas", false), ("16727230000197", false), ("16.727.230/0001-97", false), ("", false),
        ])
    func holdsCPF(text: String, isHeld: Bool) {
        #expect(CPF.isHeld(in: text) == isHeld)
        for (bureau, requester) in [(text, "Loja"), ("Serasa", text)] {
            let event = Event(
                eventID: Sample.event.eventID, occurredAt: now,
                details: .bureauQuery(bureau: bureau, requester: requester))
            let pointer = bureau == text ? "/bureau" : "/requester"
            #expect(violations(event.violations(at: now)) == (isHeld ? ["\(pointer) holds_cpf"] : []))
        }
    }

    @Test(
        "a CPF is found behind codes of any kind, of several kinds at once, and behind tags",
        arguments: [
            "529&nbsp;982&nbsp;247&nbsp;25", "529&period;982&period;247&hyphen;25", "529&shy;982&ndash;247&mdash;25",
            "529&NewLine;982&ZeroWidthSpace;247&bsol;25", "529&nbsp982&nbsp247&shy25", "529&middot982247&middot;25",
            "&#53&#50&#57&#57&#56&#50&#50&#52&#55&#50&#53", "&#x35;29982247&#x32&#x35", "5&sup2;9982&sup2;4725",
            "%2535%2532%2539%2539%2538%2532%2532%2534%2537%2532%2535", "%25252535299822472%25252535",
            "&amp;#53;2998224725", "&amp;amp;#53;2998224725", "529&amp;nbsp;982&amp;nbsp;247&amp;nbsp;25",
            "%26nbsp%3B52998%26nbsp%3B224725", "529%26amp%3Bnbsp%3B98224725", "&percnt;352998224725",
            "=35=32=39=39=38=32=32=34=37=32=35", "=3D352998224725", "529=2E982=2E247=2D25", "529=C2=A0982=C2=A024725",
            "529<b>982</b>247<br/>25", "529<!-- x -->98224725", "529&lt;b&gt;982&lt;/b&gt;24725", "529%3Cb%3E98224725",
            "<b>529</b>.982.<i class=\"a\">247</i>-25", "cpf=529&period;982&period;247&period;25",
            "cpf=529%2E982%2E247%2E25", "100%529=2E982=2E247=2E25", "cpf=52998224725 & 100%",
        ])
    func encoded(text: String) {
        #expect(CPF.isHeld(in: text))
    }

    @Test("a hundred names as organisations have them hold no CPF, whatever signs are in them")
    func requesters() {
        #expect(Requesters.names.count == 100)
        for name in Requesters.names { #expect(!CPF.isHeld(in: name) && PlainText.accepts(name), "\(name)") }
    }

    @Test("no CNPJ of a thousand is taken for a CPF, although its digits may hold one")
    func cnpj() {
        let weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
        func check(_ digits: [Int]) -> Int {
            let weights = (digits.count == 13 ? [6] : []) + weights
            let rest = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11
            return rest < 2 ? 0 : 11 - rest
        }
        for number in 0..<1000 {
            var digits = "\(10_000_000 + number * 7919)0001".compactMap(\.wholeNumberValue)
            digits.append(check(digits))
            digits.append(check(digits))
            #expect(!CPF.isHeld(in: digits.map { "\($0)" }.joined()))
        }
    }

    @Test(
        "digits beside a CNPJ make no CPF with it, and a CPF beside one is still found",
        arguments: [
            ("Loja 24 16.727.230/0001-97", false), ("24 16727230000197", false), ("16.727.230/0001-97 24", false),
            ("Loja 529.982.247-25 16.727.230/0001-97", true), ("16727230000197 52998224725", true),
            ("16.727.230/0001-97 / 529 982 247 25", true), ("１６.７２７.２３０/０００１-９７ ５２９９８２２４７２５", true),
            ("24 16.727.230/0001-98", true), ("pedido 000052998224725", true),
        ])
    func besideCNPJ(text: String, isHeld: Bool) {
        #expect(CPF.isHeld(in: text) == isHeld)
    }

    @Test("no CNPJ of a thousand makes a CPF with the one or two digits before or after it")
    func besideManyCNPJs() throws {
        for number in 0..<1000 {
            let cnpj = try #require(Self.cnpj(10_000_000 + number * 7919))
            let (before, after) = (number % 90 + 10, number % 10)
            #expect(!CPF.isHeld(in: "Loja \(before) \(cnpj) \(after)"))
        }
    }

    /// A company's CNPJ, plain.
    private static func cnpj(_ number: Int) -> String? {
        (0..<100).lazy.map { "\(number)0001" + ($0 < 10 ? "0" : "") + "\($0)" }.first { CNPJ($0) != nil }
    }

    @Test("a text of one or two characters is masked whole")
    func shortMask() {
        #expect(["1", "12", "123", "São Luís"].map(Mask.text.masked) == ["*", "**", "1**", "S** L***"])
        #expect(Mask.first.masked("5") == "*" && Mask.email.masked("a@bb.com") == "*@**.com")
    }

    @Test("of a masked amount the first digit is shown, unless it is the whole amount")
    func maskedAmounts() {
        #expect([150_075, 99, 10, 9, 1, 0].map { Money(cents: $0).masked.cents } == [100_000, 90, 10, 0, 0, 0])
        #expect([-1, -9, -10, -150_075].map(\.maskedToFirstDigit) == [0, 0, -10, -100_000])
        #expect(Int64.min.maskedToFirstDigit == -9_000_000_000_000_000_000)
    }

    @Test("a person's own access is no bureau query, every other purpose is")
    func ownAccess() {
        for purpose in Purpose.allCases {
            let event = Event(
                eventID: Sample.event.eventID, occurredAt: now,
                details: .bureauQuery(bureau: "Serasa", requester: "Loja", purpose: purpose))
            #expect(
                violations(event.violations(at: now)) == (purpose == .dataSubjectRequest ? ["/purpose own_access"] : [])
            )
        }
    }

    @Test(
        "a debt is due from 1990 to 2100, and overdue or written off only when it was due",
        arguments: [
            ("1989-12-31", DebtStatus.settled, ["/dueDate before_1990"]), ("1990-01-01", .settled, []),
            ("2100-12-31", .open, []), ("2101-01-01", .open, ["/dueDate after_2100"]),
            ("2026-11-28", .overdue, []), ("2026-11-30", .overdue, ["/status not_yet_due"]),
            ("2031-05-02", .overdue, ["/status not_yet_due"]), ("2031-05-02", .disputed, []),
            ("2026-11-29", .writtenOff, []), ("2026-11-30", .writtenOff, ["/status not_yet_due"]),
            ("2101-01-01", .overdue, ["/dueDate after_2100", "/status not_yet_due"]),
        ])
    func debt(due day: String, status: DebtStatus, expected: [String]) {
        var debt = Sample.debt
        debt.dueDate = Sample.parse(day)
        debt.status = status
        #expect(violations(debt.violations(at: now)) == expected)
    }

    @Test("an address in Brazil has a CEP and a state and no region; one abroad has no state")
    func address() {
        func found(_ address: Address) -> [String] {
            var person = Sample.person
            person.address = address
            var profile = Sample.profile
            profile.address = address
            #expect(person.violations(at: now) == profile.violations(at: now))
            return violations(person.violations(at: now))
        }
        let portugal: CountryCode = Sample.parse("PT")
        let cep: PostalCode = Sample.parse("45150000")
        #expect(found(Address(postalCode: cep, number: "S/N", city: "Ibicoara", state: .bahia)) == [])
        #expect(found(Address(postalCode: Sample.parse("1100-148"), city: "Lisboa", country: portugal)) == [])
        #expect(found(Address(city: "Lisboa", region: "Lisboa", country: portugal)) == [])
        #expect(
            found(Address(city: "Ibicoara", region: "Bahia")) == [
                "/address/postalCode required_in_brazil", "/address/state required_in_brazil",
                "/address/region not_in_brazil",
            ])
        #expect(
            found(Address(postalCode: Sample.parse("1100-148"), city: "São Paulo", state: .saoPaulo))
                == ["/address/postalCode invalid_format"])
        #expect(found(Address(city: "Lisboa", state: .acre, country: portugal)) == ["/address/state not_abroad"])
    }

    @Test("every reason says in words what is accepted")
    func words() {
        for reason in RuleReason.allCases {
            #expect(reason.accepted.contains(" ") && !reason.accepted.contains(reason.rawValue))
        }
        #expect(Set(RuleReason.allCases.map(\.accepted)).count == RuleReason.allCases.count)
    }
}

@Suite("Rules of patches")
struct PatchRulesTests {
    private let now: Instant = Sample.parse("2026-11-29T12:00:00-03:00")

    private func violations(_ list: [RuleViolation]) -> [String] { list.map { "\($0.pointer) \($0.reason.rawValue)" } }

    private func judge(_ patch: PersonPatch, of person: Person) throws -> [String] {
        violations(patch.violations(of: try patch.applied(to: person), from: person, at: now))
    }

    private func judge(_ patch: ProfilePatch, of profile: Profile) throws -> [String] {
        violations(patch.violations(of: try patch.applied(to: profile), from: profile, at: now))
    }

    @Test("a patch answers for what it sets, and not for what a store holds")
    func ownMembers() throws {
        var old = Sample.person
        old.birthDate = Sample.parse("1850-01-01")
        old.address?.country = Sample.parse("PT")
        #expect(try judge(PersonPatch(name: .set("Eva"), email: .remove), of: old) == [])
        #expect(try judge(PersonPatch(address: .set(AddressPatch(street: .set("Rua A")))), of: old) == [])
        #expect(
            try judge(PersonPatch(birthDate: .set(Sample.parse("2030-01-01"))), of: old)
                == ["/birthDate in_the_future"])
        #expect(
            try judge(PersonPatch(address: .set(AddressPatch(state: .set(.acre)))), of: old)
                == ["/address/state not_abroad"])
    }

    @Test("what depends on a member that the patch sets is told at that member")
    func dependent() throws {
        let abroad = PersonPatch(address: .set(AddressPatch(country: .set(Sample.parse("PT")))))
        #expect(try judge(abroad, of: Sample.person) == ["/address/country not_abroad"])
        let born = ProfilePatch(birthDate: .set(Sample.parse("2016-01-01")))
        #expect(try judge(born, of: Sample.profile) == ["/birthDate before_birth"])
        let incomes = ProfilePatch(incomeSources: .set([Sample.income, Sample.income]))
        #expect(try judge(incomes, of: Sample.profile) == [])
        var early = Sample.income
        early.since = Sample.parse("1980-01-01")
        #expect(
            try judge(ProfilePatch(incomeSources: .set([Sample.income, early])), of: Sample.profile)
                == ["/incomeSources/1/since before_birth"])
        var old = Sample.profile
        old.incomeSources = [early]
        #expect(try judge(ProfilePatch(housing: .remove, assets: .set([])), of: old) == [])
    }

    @Test("an address moves abroad and back when the patch sets what changes with the country")
    func moves() throws {
        let away = AddressPatch(
            postalCode: .set(Sample.parse("1100-148")), state: .remove, region: .set("Lisboa"),
            country: .set(Sample.parse("PT")))
        #expect(try judge(PersonPatch(address: .set(away)), of: Sample.person) == [])
        let abroad = try PersonPatch(address: .set(away)).applied(to: Sample.person)
        #expect(
            try judge(PersonPatch(address: .set(AddressPatch(country: .remove))), of: abroad) == [
                "/address/country invalid_format", "/address/country required_in_brazil",
                "/address/country not_in_brazil",
            ])
        let back = AddressPatch(
            postalCode: .set(Sample.parse("01310-100")), state: .set(.saoPaulo), region: .remove, country: .remove)
        #expect(try judge(PersonPatch(address: .set(back)), of: abroad) == [])
        #expect(
            try judge(PersonPatch(address: .set(AddressPatch(state: .remove))), of: Sample.person)
                == ["/address/state required_in_brazil"])
    }

    @Test("a new address is judged whole, at the members that it lacks")
    func newAddress() throws {
        let homeless = Person(cpf: Sample.person.cpf, name: "Ana", surname: nil, birthDate: Sample.person.birthDate)
        #expect(
            try judge(PersonPatch(address: .set(AddressPatch(city: .set("Ibicoara")))), of: homeless)
                == ["/address/postalCode required_in_brazil", "/address/state required_in_brazil"])
    }

    @Test("a patch of a debt is judged by its status and due date together")
    func debt() throws {
        func judge(_ patch: DebtPatch, of debt: Debt) throws -> [String] {
            violations(patch.violations(of: try patch.applied(to: debt), at: now))
        }
        var ahead = Sample.debt
        ahead.dueDate = Sample.parse("2031-05-02")
        #expect(try judge(DebtPatch(status: .set(.overdue)), of: ahead) == ["/status not_yet_due"])
        ahead.status = .overdue
        #expect(try judge(DebtPatch(amount: .set(.zero)), of: ahead) == [])
        #expect(try judge(DebtPatch(dueDate: .set(Sample.parse("2031-05-03"))), of: ahead) == ["/dueDate not_yet_due"])
        #expect(try judge(DebtPatch(dueDate: .set(Sample.parse("2026-05-03"))), of: ahead) == [])
    }

    @Test("a day of settlement goes with a debt that is settled or renegotiated, and leaves with that status")
    func settlement() throws {
        func judge(_ patch: DebtPatch, of debt: Debt) throws -> [String] {
            violations(patch.violations(of: try patch.applied(to: debt), at: now))
        }
        let day: Change<CalendarDate> = .set(Sample.parse("2026-10-01"))
        for status in DebtStatus.allCases {
            let hasEnded = status == .settled || status == .renegotiated
            var debt = Sample.debt
            debt.status = status
            #expect(try judge(DebtPatch(settledOn: day), of: debt) == (hasEnded ? [] : ["/settledOn not_settled"]))
            debt.settledOn = Sample.parse("2026-10-01")
            #expect(violations(debt.violations(at: now)) == (hasEnded ? [] : ["/settledOn not_settled"]))
            #expect(try judge(DebtPatch(amount: .set(.zero)), of: debt) == [])
            #expect(try judge(DebtPatch(status: .set(.open)), of: debt) == ["/status not_settled"])
            #expect(try judge(DebtPatch(status: .set(.open), settledOn: .remove), of: debt) == [])
        }
    }
}
