@testable import Bureau

/// Values that the suites share. They are made of unchecked parts that are known to be good.
enum Sample {
    static let address = Address(
        postalCode: parse("01310100"), street: "Avenida Paulista", number: "1", complement: "Sala 2",
        district: "Bela Vista", city: "São Paulo", state: .saoPaulo)

    static let person = Person(
        cpf: parse("52998224725"), name: "Ana", surname: "Silva", birthDate: parse("1990-05-15"),
        phone: parse("+5511910000000"), email: parse("ana@example.com"), address: address)

    static let debt = Debt(
        creditor: "Banco Exemplo", creditorCNPJ: parse("16727230000197"), amount: Money(cents: 642_950),
        annualInterestBasisPoints: 2400, dueDate: parse("2026-06-30"), status: .open)

    static let asset = Asset(
        kind: .realEstate, value: Money(cents: 32_000_000), paidOff: false, outstanding: Money(cents: 2_000_000),
        description: "Ana's house")

    static let income = IncomeSource(
        kind: .salary, monthlyAmount: Money(cents: 620_000), employer: "Banco Exemplo", since: parse("2015-08-03"))

    static let profile = Profile(
        cpf: person.cpf, birthDate: person.birthDate, address: address, housing: .own, assets: [asset],
        incomeSources: [income])

    static let event = Event(
        eventID: parse("event-1"), occurredAt: parse("2026-11-20T00:00:00Z"),
        details: .bureauQuery(bureau: "Serasa", requester: "Banco Exemplo"))

    /// A value whose text is written out in a test and must be good.
    static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }
}
