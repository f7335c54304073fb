import Bureau
import Services

/// Values that the suites share. Each text in them is found nowhere else, so that a leak shows.
enum Sample {
    static let cpfs: [CPF] = ["52998224725", "39053344705", "00000000191", "11144477735"].map { parse($0) }

    static let address = Address(
        postalCode: parse("01310100"), street: "Avenida Paulista", number: "1578-A", complement: "Sala 801",
        district: "Bela Vista", city: "São Paulo", state: .saoPaulo)

    static func person(_ index: Int = 0) -> Person {
        Person(
            cpf: cpfs[index], name: "Marialva\(index)", surname: "Conceição\(index)", birthDate: parse("1959-01-02"),
            phone: parse("+551191234567\(index)"), email: parse("marialva\(index)@example.com"), address: address)
    }

    static let debt = Debt(
        creditor: "Banco Exemplar", creditorCNPJ: parse("16727230000197"), amount: Money(cents: 642_950),
        annualInterestBasisPoints: 2400, dueDate: parse("2030-06-30"), status: .open)

    static func profile(_ index: Int = 0) -> Profile {
        Profile(
            cpf: cpfs[index], birthDate: parse("1959-01-02"), address: address, housing: .own,
            assets: [
                Asset(kind: .realEstate, value: Money(cents: 32_000_000), paidOff: true, description: "Casa de praia"),
                Asset(kind: .savings, value: Money(cents: 5), outstanding: Money(cents: 2)),
            ],
            incomeSources: [
                IncomeSource(
                    kind: .salary, monthlyAmount: Money(cents: 620_000), employer: "Padaria Aurora",
                    since: parse("2015-08-03")),
                IncomeSource(kind: .pension, monthlyAmount: Money(cents: 100)),
            ])
    }

    static func draft(_ index: Int = 0, debts: [Debt] = []) -> PersonDraft {
        PersonDraft(person: person(index), debts: debts, access: write("person.create"))
    }

    static func event(_ index: Int = 0, id: String, at: String, kind: EventKind = .movement) -> SubjectEvent {
        let details: EventDetails =
            switch kind {
            case .bureauQuery: .bureauQuery(bureau: "Serasa", requester: "Loja")
            case .movement: .movement(direction: .credit, amount: Money(cents: 1), channel: .pix)
            case .cardPurchase:
                .cardPurchase(
                    amount: Money(cents: 1), merchantCategoryCode: parse("5411"), installments: 1, approved: true,
                    cardLast4: nil)
            }
        return SubjectEvent(
            cpf: cpfs[index], access: write("event.record"),
            event: Event(eventID: parse(id), occurredAt: parse(at), details: details))
    }

    /// The body of an event with this identifier.
    static func body(_ id: String) -> [UInt8] { Array("{\(id)}".utf8) }

    /// The scorecard as the champion, with shadows.
    static func models(_ shadows: ServedModel...) throws -> ServedModels {
        ServedModels(champion: try model(scorecard(), hash: 1), shadows: shadows)
    }

    /// A card as it is served, with a hash of its own.
    static func model(_ card: Scorecard, hash: UInt8) throws -> ServedModel {
        try ServedModel(card, hash: [UInt8](repeating: hash, count: 32), canonical: [hash])
    }

    static func scorecard() throws -> Scorecard {
        try Scorecard(
            model: "test", version: 3, basePoints: 100,
            characteristics: [
                ScoredCharacteristic(
                    name: "housing", baseline: 50,
                    table: .categories([
                        PointsCategory(values: ["own"], AttributePoints(50)),
                        PointsCategory(values: ["rent"], AttributePoints(10)),
                        PointsCategory(values: ["for_free"], AttributePoints(20)),
                    ]),
                    other: AttributePoints(0), missing: MissingPoints(AttributePoints(0)))
            ])
    }

    /// A request to see a person that the policy allows.
    static func request(_ index: Int = 0, _ action: String = "person.get", for purpose: Purpose = .creditProtection)
        -> SubjectRead
    {
        SubjectRead(
            cpf: cpfs[index],
            access: Access(method: action, purpose: purpose, requester: "Loja \(index)", groups: .all))
    }

    /// The access of a write that the policy allows.
    static func write(_ action: String) -> Access { Access(method: action, groups: .all) }

    /// A request to compute a person's score.
    static func scoring(of index: Int) -> ScoreRequest {
        SubjectWrite(
            cpf: cpfs[index], content: RequestedModel(), expectedVersion: nil,
            access: request(index, "score.compute").access)
    }

    /// Parses a text of a test, which must be valid.
    static func parse<Value: TextValue>(_ text: String) -> Value {
        guard let value = Value(text) else { preconditionFailure("\(text) is no \(Value.self)") }
        return value
    }
}

extension Result {
    /// The failure, nil for a success.
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension SubjectWrite {
    /// A write about a sample's person.
    init(_ content: Content, of index: Int = 0, expecting version: Int64? = nil, as action: String = "") {
        self.init(cpf: Sample.cpfs[index], content: content, expectedVersion: version, access: Sample.write(action))
    }
}
