@testable import Bureau

/// Facts of a subject as the suites of characteristics state them.
extension CreditFacts {
    /// Noon in São Paulo.
    static let now: Instant = Sample.parse("2026-11-29T15:00:00Z")
    /// When facts of samples were recorded.
    static let recorded: Instant = Sample.parse("2026-01-10T12:00:00Z")

    static func of(
        _ debts: [DebtFacts]? = nil, profile: ProfileFacts? = nil, events: EventFacts? = nil, closed: Bool = false
    ) -> CreditFacts {
        CreditFacts(
            readAt: now, person: debts.map { PersonFacts(createdAt: recorded, debts: $0) }, profile: profile,
            events: events, isRegisterClosed: closed)
    }

    /// The value as of now, or of another instant.
    subscript(name: CharacteristicName, at instant: String? = nil) -> CharacteristicValue {
        value(of: name, asOf: instant.map { Sample.parse($0) } ?? Self.now)
    }
}

extension DebtFacts {
    static func of(
        _ status: DebtStatus, due: String, amount: Int64 = 10_000, rate: Int32 = 0, creditor: Int = 0,
        opened: String? = nil, settled: String? = nil, created: String? = nil, updated: String? = nil,
        _ payments: [PaymentFacts] = []
    ) -> DebtFacts {
        DebtFacts(
            creditor: creditor, amount: Money(cents: amount), annualInterestBasisPoints: rate,
            openedOn: opened.map { Sample.parse($0) }, dueDate: Sample.parse(due),
            settledOn: settled.map { Sample.parse($0) }, status: status,
            createdAt: created.map { Sample.parse($0) } ?? CreditFacts.recorded,
            updatedAt: updated.map { Sample.parse($0) }, payments: payments)
    }
}

extension PaymentFacts {
    static func due(_ due: String, paid: String? = nil, created: String? = nil, updated: String? = nil) -> PaymentFacts
    {
        PaymentFacts(
            dueDate: Sample.parse(due), paidInFullOn: paid.map { Sample.parse($0) },
            createdAt: created.map { Sample.parse($0) } ?? CreditFacts.recorded,
            updatedAt: updated.map { Sample.parse($0) })
    }
}

extension ProfileFacts {
    static func of(
        born: String = "1990-05-15", housing: Housing? = nil, income: [IncomeFigures] = [],
        assets: [AssetFigures] = [], created: String? = nil, updated: String? = nil
    ) -> ProfileFacts {
        ProfileFacts(
            birthDate: Sample.parse(born), housing: housing, incomeSources: income, assets: assets,
            createdAt: created.map { Sample.parse($0) } ?? CreditFacts.recorded,
            updatedAt: updated.map { Sample.parse($0) })
    }

    /// A profile with one income in centavos.
    static func earning(_ cents: Int64) -> ProfileFacts {
        .of(income: [IncomeFigures(kind: .salary, monthlyAmount: Money(cents: cents))])
    }
}

extension EventFacts {
    static func queries(_ queries: [DatedFact<QueryFacts>], completeAfter: String? = nil) -> EventFacts {
        EventFacts(queries: KindFacts(queries, completeAfter: completeAfter.map { Sample.parse($0) } ?? .first))
    }

    static func movements(_ movements: [DatedFact<MovementFacts>], completeAfter: String? = nil) -> EventFacts {
        EventFacts(movements: KindFacts(movements, completeAfter: completeAfter.map { Sample.parse($0) } ?? .first))
    }

    static func purchases(_ purchases: [DatedFact<PurchaseFacts>], completeAfter: String? = nil) -> EventFacts {
        EventFacts(purchases: KindFacts(purchases, completeAfter: completeAfter.map { Sample.parse($0) } ?? .first))
    }
}

extension DatedFact {
    /// A fact that was recorded when it occurred, or at another time.
    static func at(_ time: String, recorded: String? = nil, _ content: Content) -> DatedFact {
        let occurredAt: Instant = Sample.parse(time)
        return DatedFact(
            occurredAt: occurredAt, recordedAt: recorded.map { Sample.parse($0) } ?? occurredAt, content)
    }
}

extension DatedFact<QueryFacts> {
    static func query(
        _ time: String, by requester: Int = 0, for purpose: Purpose? = .creditApplication, recorded: String? = nil
    ) -> Self {
        .at(time, recorded: recorded, QueryFacts(requester: requester, purpose: purpose))
    }
}

extension DatedFact<MovementFacts> {
    static func movement(
        _ time: String, _ direction: Direction, _ cents: Int64, cash: Bool = false, recorded: String? = nil
    ) -> Self {
        .at(
            time, recorded: recorded,
            MovementFacts(direction: direction, amount: Money(cents: cents), isCash: cash))
    }
}

extension DatedFact<PurchaseFacts> {
    static func purchase(_ time: String, _ cents: Int64, approved: Bool = true, installments: Bool = false) -> Self {
        .at(
            time,
            PurchaseFacts(amount: Money(cents: cents), isApproved: approved, isInInstallments: installments))
    }
}
