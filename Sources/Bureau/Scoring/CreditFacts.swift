/// What the three bases hold of one subject that characteristics are computed from: no name, no contact, no address.
public struct CreditFacts: Sendable, Hashable, PersonalValue {
    /// When the facts were read. As of this instant or later all of them are known.
    public var readAt: Instant
    /// What base A holds; nil when it was not asked or knows nobody.
    public var person: PersonFacts?
    /// What base B holds; nil when it was not asked or has no profile.
    public var profile: ProfileFacts?
    /// What base C holds; nil when it was not asked.
    public var events: EventFacts?
    /// Whether the person's register of positive data is closed to the purpose (Lei 12.414/2011, art. 5, I). Then only
    /// what speaks against the person and who asked about them count.
    public var isRegisterClosed: Bool
    /// Whether the person has closed the register of positive data, whatever the purpose.
    public var hasCancelledCadastro: Bool
    /// Whether movements and purchases were not read because the person consents to no such use.
    public var lacksConsent: Bool

    public init(
        readAt: Instant, person: PersonFacts? = nil, profile: ProfileFacts? = nil, events: EventFacts? = nil,
        isRegisterClosed: Bool = false, hasCancelledCadastro: Bool = false, lacksConsent: Bool = false
    ) {
        self.readAt = readAt
        self.person = person
        self.profile = profile
        self.events = events
        self.isRegisterClosed = isRegisterClosed
        self.hasCancelledCadastro = hasCancelledCadastro
        self.lacksConsent = lacksConsent
    }

    /// Whether something that was recorded by an instant was overwritten after it.
    public func wasOverwritten(after instant: Instant) -> Bool {
        func isOverwritten(_ createdAt: Instant, _ updatedAt: Instant) -> Bool {
            createdAt <= instant && updatedAt > instant
        }
        if let profile, isOverwritten(profile.createdAt, profile.updatedAt) { return true }
        return person?.debts.contains { debt in
            isOverwritten(debt.createdAt, debt.updatedAt)
                || debt.payments.contains { isOverwritten($0.createdAt, $0.updatedAt) }
        } ?? false
    }

    /// The days before an instant whose events facts hold: those of the longest window, and of bureau queries all that
    /// are kept whatever their number.
    public static let eventDays = 185

    /// The time since when events are needed for characteristics as of an instant.
    public static func eventsSince(asOf instant: Instant) -> Instant { instant.earlier(days: eventDays) }
}

/// What base A holds of a person.
public struct PersonFacts: Sendable, Hashable, PersonalValue {
    /// Nil when the person's identity was not needed.
    public var birthDate: CalendarDate?
    public var isDeceased: Bool
    public var createdAt: Instant
    /// In the order in which they were added.
    public var debts: [DebtFacts]

    public init(
        birthDate: CalendarDate? = nil, isDeceased: Bool = false, createdAt: Instant, debts: [DebtFacts] = []
    ) {
        self.birthDate = birthDate
        self.isDeceased = isDeceased
        self.createdAt = createdAt
        self.debts = debts
    }
}

/// A debt, with a number in place of the creditor.
public struct DebtFacts: Sendable, Hashable, PersonalValue {
    /// Tells the creditors of one person apart.
    public var creditor: Int
    public var amount: Money
    public var annualInterestBasisPoints: Int32
    public var openedOn: CalendarDate?
    public var dueDate: CalendarDate
    public var settledOn: CalendarDate?
    public var status: DebtStatus
    public var createdAt: Instant
    public var updatedAt: Instant
    /// Empty also when payments were not needed.
    public var payments: [PaymentFacts]

    public init(
        creditor: Int, amount: Money, annualInterestBasisPoints: Int32 = 0, openedOn: CalendarDate? = nil,
        dueDate: CalendarDate, settledOn: CalendarDate? = nil, status: DebtStatus, createdAt: Instant,
        updatedAt: Instant? = nil, payments: [PaymentFacts] = []
    ) {
        self.creditor = creditor
        self.amount = amount
        self.annualInterestBasisPoints = annualInterestBasisPoints
        self.openedOn = openedOn
        self.dueDate = dueDate
        self.settledOn = settledOn
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt ?? createdAt)
        self.payments = payments
    }
}

/// An instalment of a debt.
public struct PaymentFacts: Sendable, Hashable, PersonalValue {
    public var dueDate: CalendarDate
    /// The day of the payment; nil while nothing was paid, and when less was paid than was due.
    public var paidInFullOn: CalendarDate?
    public var createdAt: Instant
    public var updatedAt: Instant

    public init(
        dueDate: CalendarDate, paidInFullOn: CalendarDate?, createdAt: Instant, updatedAt: Instant? = nil
    ) {
        self.dueDate = dueDate
        self.paidInFullOn = paidInFullOn
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt ?? createdAt)
    }
}

/// The figures of a profile. A total beyond the range of `Money` is its largest or smallest amount.
public struct ProfileFacts: Sendable, Hashable, PersonalValue {
    public var birthDate: CalendarDate
    public var housing: Housing?
    public var incomeSources: Int
    /// The income of a month from all sources.
    public var monthlyIncome: Money
    /// The first day of the earliest dated salary or self-employment.
    public var employedSince: CalendarDate?
    public var assets: Int
    public var assetValue: Money
    /// The value of the assets on which nothing is owed.
    public var paidOffAssetValue: Money
    /// What is owed on assets.
    public var outstanding: Money
    public var createdAt: Instant
    public var updatedAt: Instant

    public init(
        birthDate: CalendarDate, housing: Housing? = nil, incomeSources: [IncomeFigures] = [],
        assets: [AssetFigures] = [], createdAt: Instant, updatedAt: Instant? = nil
    ) {
        self.birthDate = birthDate
        self.housing = housing
        self.incomeSources = 0
        monthlyIncome = .zero
        self.assets = 0
        assetValue = .zero
        paidOffAssetValue = .zero
        outstanding = .zero
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt ?? createdAt)
        for income in incomeSources { add(income) }
        for asset in assets { add(asset) }
    }

    public mutating func add(_ income: IncomeFigures) {
        incomeSources += 1
        monthlyIncome = monthlyIncome.sum(income.monthlyAmount)
        guard income.kind == .salary || income.kind == .selfEmployed, let since = income.since else { return }
        employedSince = min(employedSince ?? since, since)
    }

    public mutating func add(_ asset: AssetFigures) {
        assets += 1
        assetValue = assetValue.sum(asset.value)
        if asset.paidOff == true { paidOffAssetValue = paidOffAssetValue.sum(asset.value) }
        if let owed = asset.outstanding { outstanding = outstanding.sum(owed) }
    }
}

/// What characteristics use of a source of income.
public struct IncomeFigures: Sendable, Hashable, PersonalValue {
    public var kind: IncomeKind
    public var monthlyAmount: Money
    public var since: CalendarDate?

    public init(kind: IncomeKind, monthlyAmount: Money, since: CalendarDate? = nil) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.since = since
    }
}

/// What characteristics use of an asset.
public struct AssetFigures: Sendable, Hashable, PersonalValue {
    public var value: Money
    public var paidOff: Bool?
    public var outstanding: Money?

    public init(value: Money, paidOff: Bool? = nil, outstanding: Money? = nil) {
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
    }
}

extension Money {
    /// The sum of two amounts; the nearest amount where the sum is out of range.
    fileprivate func sum(_ other: Money) -> Money {
        let (cents, hasOverflown) = cents.addingReportingOverflow(other.cents)
        return Money(cents: hasOverflown ? (other < .zero ? .min : .max) : cents)
    }
}

extension Instant {
    /// The instant so many days of 24 hours before.
    func earlier(days: Int) -> Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch - Int64(days) * Instant.microsecondsInDay) ?? .first
    }
}
