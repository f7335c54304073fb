import Testing

@testable import Bureau

@Suite("Characteristics of events")
struct EventCharacteristicTests {
    private let eventNames = CharacteristicName.allCases.filter { !$0.facts.isDisjoint(with: .events) }

    @Test("queries count once for each requester and day of São Paulo, in windows that end now")
    func queries() {
        let facts = CreditFacts.of(
            events: .queries([
                .query("2026-11-29T15:00:00Z", by: 1), .query("2026-11-29T03:00:00Z", by: 1),
                // Still the day before in São Paulo.
                .query("2026-11-29T02:59:59Z", by: 1), .query("2026-11-20T00:00:00Z", by: 2),
                // 30 days ago is out, and a microsecond later is in.
                .query("2026-10-30T15:00:00Z", by: 3), .query("2026-10-30T15:00:00.000001Z", by: 4),
                .query("2026-06-02T15:00:00.000001Z", by: 5), .query("2026-06-02T15:00:00Z", by: 6),
                .query("2026-11-28T12:00:00Z", by: 9, for: .dataSubjectRequest),
                // Not there yet.
                .query("2026-11-29T15:00:00.000001Z", by: 7),
            ]))
        #expect(facts[.inquiries30] == .number(4))
        #expect(facts[.inquiries90] == .number(5))
        #expect(facts[.inquiries180] == .number(6))
        #expect(facts[.inquiryRequesters90] == .number(4))
        #expect(facts[.daysSinceInquiry] == .number(0))
        #expect(facts[.daysSinceInquiry, at: "2026-11-29T02:59:58Z"] == .number(9))
    }

    @Test("nobody asked: the counts are 0, and there is no last query; own access is no query")
    func noQueries() {
        for facts in [
            CreditFacts.of(events: EventFacts()),
            .of(events: .queries([.query("2026-11-28T12:00:00Z", for: .dataSubjectRequest)])),
        ] {
            for name in [CharacteristicName.inquiries30, .inquiries90, .inquiries180, .inquiryRequesters90] {
                #expect(facts[name] == .number(0), "\(name)")
            }
            #expect(facts[.daysSinceInquiry] == .missing(.notApplicable))
        }
    }

    @Test("movements and purchases have the values of their definitions")
    func values() {
        let facts = CreditFacts.of(
            profile: .earning(100_000),
            events: EventFacts(
                movements: KindFacts([
                    .movement("2026-11-01T12:00:00Z", .credit, 300_000),
                    .movement("2026-11-01T13:00:00Z", .debit, 100_000, cash: true),
                    .movement("2026-11-02T02:59:59Z", .debit, 110_100),
                    .movement("2026-11-02T03:00:00Z", .credit, 150_000, cash: true),
                    .movement("2026-08-31T15:00:00Z", .credit, 999_999_999),
                ]),
                purchases: KindFacts([
                    .purchase("2026-11-01T12:00:00Z", 500, approved: false),
                    .purchase("2026-11-01T12:00:00Z", 1000, installments: true),
                    .purchase("2026-11-01T12:00:00Z", 2000), .purchase("2026-08-31T15:00:00Z", 9000),
                ])))
        #expect(facts[.inflowToIncome90] == .number(150))
        #expect(facts[.outflowToInflow90] == .number(46))
        #expect(facts[.movementDays90] == .number(2))
        #expect(facts[.cashShare90] == .number(47))
        #expect(facts[.cardDeclinedShare90] == .number(33))
        #expect(facts[.cardSpend90] == .number(3000))
        #expect(facts[.installmentShare90] == .number(33))
    }

    @Test("whose movements and purchases nobody reports has no record; a quiet time has counts of 0 and no shares")
    func nothingReported() {
        let profile = ProfileFacts.earning(100)
        let quiet = CreditFacts.of(
            profile: profile,
            events: EventFacts(
                movements: KindFacts([.movement("2026-07-01T12:00:00Z", .credit, 1)]),
                purchases: KindFacts([.purchase("2026-07-01T12:00:00Z", 1)])))
        for name in eventNames where name.facts.isDisjoint(with: .queries) {
            #expect(CreditFacts.of(profile: profile, events: EventFacts())[name] == .missing(.noRecord), "\(name)")
            #expect(CreditFacts.of(profile: profile)[name] == .missing(.noRecord), "\(name)")
        }
        #expect(quiet[.movementDays90] == .number(0) && quiet[.cardSpend90] == .number(0))
        #expect(quiet[.inflowToIncome90] == .number(0))
        for name in [CharacteristicName.outflowToInflow90, .cashShare90, .cardDeclinedShare90, .installmentShare90] {
            #expect(quiet[name] == .missing(.notApplicable), "\(name)")
        }
        let noIncome = CreditFacts.of(
            profile: .of(), events: .movements([.movement("2026-11-01T12:00:00Z", .credit, 1)]))
        #expect(noIncome[.inflowToIncome90] == .missing(.notApplicable))
    }

    @Test("a window that reaches back beyond what is kept is truncated")
    func truncated() {
        // 90 days before now, and a microsecond later.
        let (complete, dropped) = ("2026-08-31T15:00:00Z", "2026-08-31T15:00:00.000001Z")
        let movements: [DatedFact<MovementFacts>] = [.movement("2026-11-01T12:00:00Z", .credit, 1)]
        #expect(
            CreditFacts.of(events: .movements(movements, completeAfter: complete))[.movementDays90] == .number(1))
        let cut = CreditFacts.of(
            profile: .earning(1),
            events: EventFacts(
                queries: KindFacts([.query("2026-11-01T12:00:00Z")], completeAfter: Sample.parse(dropped)),
                movements: KindFacts(movements, completeAfter: Sample.parse(dropped)),
                purchases: KindFacts(
                    [.purchase("2026-11-01T12:00:00Z", 1)], completeAfter: Sample.parse(dropped))))
        let whole: Set<CharacteristicName> = [.inquiries30, .daysSinceInquiry]
        for name in eventNames { #expect((cut[name] == .missing(.truncated)) != whole.contains(name), "\(name)") }
        // Everything that was known then has been dropped.
        let gone = CreditFacts.of(events: .queries([], completeAfter: "2026-11-01T00:00:00Z"))
        #expect(gone[.daysSinceInquiry, at: "2026-10-01T00:00:00Z"] == .missing(.truncated))
    }

    @Test("an event counts once it is recorded; of an earlier version's event that is known for now alone")
    func recorded() {
        var facts = CreditFacts.of(
            events: .queries([.query("2026-11-01T12:00:00Z", recorded: "2026-11-20T12:00:00Z")]))
        #expect(facts[.inquiries30, at: "2026-11-20T11:59:59Z"] == .number(0))
        #expect(facts[.inquiries30, at: "2026-11-20T12:00:00Z"] == .number(1))
        facts.events?.queries.events[0].recordedAt = nil
        #expect(facts[.inquiries30] == .number(1))
        #expect(facts[.inquiries30, at: "2026-11-28T12:00:00Z"] == .missing(.notKnownThen))
        #expect(facts[.inquiries30, at: "2026-11-01T11:59:59Z"] == .number(0))
    }
}
