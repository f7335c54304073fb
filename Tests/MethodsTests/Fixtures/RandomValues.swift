import Bureau
import Seeds

/// Random values of the bureau, within what the contracts allow.
struct RandomValues {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func chance() -> Bool { Bool.random(using: &random) }

    mutating func optional<T>(_ make: (inout RandomValues) -> T) -> T? { chance() ? make(&self) : nil }

    mutating func one<T>(of values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        one(of: [range.lowerBound, range.upperBound, Int64.random(in: range, using: &random)])
    }

    mutating func text() -> String {
        let characters = ["a", "Ç", "é", "e\u{301}", "\"", "\\", "/", "ʼ", "\u{A0}", "😀", " ", "0"]
        return "x" + (0..<Int.random(in: 0...12, using: &random)).map { _ in one(of: characters) }.joined() + "x"
    }

    mutating func date() -> CalendarDate {
        CalendarDate(daysSinceEpoch: Int32.random(in: -20_000...20_000, using: &random)) ?? .first
    }

    mutating func instant() -> Instant {
        Instant(
            secondsSinceEpoch: Int64.random(in: -2_000_000_000...4_000_000_000, using: &random),
            microseconds: one(of: [0, 1000, 123_456]))
    }

    mutating func cpf() -> CPF {
        while true {
            let number = UInt64.random(in: 0..<1_000_000_000, using: &random) * 100
            for check in 0..<UInt64(100) { if let cpf = CPF(number: number + check) { return cpf } }
        }
    }

    mutating func parsed<T: TextValue>(_ texts: [String]) -> T {
        guard let value = T(one(of: texts)) else { preconditionFailure("a text of this file is no \(T.self)") }
        return value
    }

    mutating func money(_ range: ClosedRange<Int64> = 0...99_999_999_999) -> Money { Money(cents: number(range)) }

    mutating func address() -> Address {
        let isInBrazil = chance()
        return Address(
            postalCode: isInBrazil
                ? parsed(["01310100", "99999999"]) : optional { $0.parsed(["1100-148", "SW1A 1AA"]) },
            street: optional { $0.text() }, number: optional { $0.text() }, complement: optional { $0.text() },
            district: optional { $0.text() }, city: text(), state: isInBrazil ? one(of: FederativeUnit.allCases) : nil,
            region: isInBrazil ? nil : optional { $0.text() }, country: isInBrazil ? .brazil : parsed(["PT", "GB"]))
    }

    mutating func person() -> Person {
        Person(
            cpf: cpf(), name: text(), surname: optional { $0.text() }, socialName: optional { $0.text() },
            motherName: optional { $0.text() }, birthDate: date(),
            phone: optional { $0.parsed(["+5511912345678", "+12345678"]) },
            email: optional { $0.parsed(["a@b.co", "Maria.Silva+x@example.com", "josé@café.example"]) },
            address: address(),
            registration: optional {
                Registration(status: $0.one(of: RegistrationStatus.allCases), checkedOn: $0.date())
            })
    }

    mutating func debt() -> Debt {
        Debt(
            creditor: text(), creditorCNPJ: optional { $0.parsed(["16727230000197", "12ABC34501DE35"]) },
            amount: money(), annualInterestBasisPoints: Int32(number(0...100_000)), dueDate: date(),
            status: one(of: DebtStatus.allCases))
    }

    mutating func profile() -> Profile {
        Profile(
            cpf: cpf(), birthDate: date(), address: address(), housing: optional { $0.one(of: Housing.allCases) },
            assets: (0..<number(0...4)).map { _ in asset() }, incomeSources: (0..<number(0...4)).map { _ in income() })
    }

    private mutating func asset() -> Asset {
        Asset(
            kind: one(of: AssetKind.allCases), value: money(), paidOff: optional { $0.chance() },
            outstanding: optional { $0.money() }, description: optional { $0.text() })
    }

    private mutating func income() -> IncomeSource {
        IncomeSource(
            kind: one(of: IncomeKind.allCases), monthlyAmount: money(), employer: optional { $0.text() },
            since: optional { $0.date() })
    }

    mutating func event() -> Event {
        Event(
            eventID: parsed(["e", "E2E.x_1:2-3", "00000000-0000-7000-8000-000000000000"]), occurredAt: instant(),
            details: details())
    }

    private mutating func details() -> EventDetails {
        switch one(of: EventKind.allCases) {
        case .bureauQuery: .bureauQuery(bureau: text(), requester: text())
        case .movement:
            .movement(
                direction: one(of: Direction.allCases), amount: money(1...99_999_999_999),
                channel: one(of: Channel.allCases))
        case .cardPurchase:
            .cardPurchase(
                amount: money(1...99_999_999_999), merchantCategoryCode: parsed(["0001", "5411"]),
                installments: Int(number(1...24)), approved: chance(),
                cardLast4: optional { $0.parsed(["0042", "9999"]) })
        }
    }
}
