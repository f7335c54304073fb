import Bureau

/// A profile as base B stores it: readable under the token where learning needs it, sealed elsewhere.
public struct ProfileRecord: Hashable, Sendable {
    public var content: ProfileContent
    public var version: Int64
    public var times: RowTimes

    public init(content: ProfileContent, version: Int64, times: RowTimes) {
        self.content = content
        self.version = version
        self.times = times
    }
}

/// The members of a stored profile that a client writes.
public struct ProfileContent: Hashable, Sendable {
    public var token: SubjectToken
    public var dataKey: WrappedDataKey
    public var birthDate: CalendarDate
    public var housing: Housing?
    public var address: Sealed
    /// In the client's order.
    public var assets: [AssetRecord]
    /// In the client's order.
    public var incomeSources: [IncomeRecord]

    public init(
        token: SubjectToken, dataKey: WrappedDataKey, birthDate: CalendarDate, housing: Housing?, address: Sealed,
        assets: [AssetRecord], incomeSources: [IncomeRecord]
    ) {
        self.token = token
        self.dataKey = dataKey
        self.birthDate = birthDate
        self.housing = housing
        self.address = address
        self.assets = assets
        self.incomeSources = incomeSources
    }
}

/// An asset with readable kind and figures, and a sealed description.
public struct AssetRecord: Hashable, Sendable {
    public var kind: AssetKind
    public var value: Money
    public var paidOff: Bool?
    public var outstanding: Money?
    public var description: Sealed?

    public init(kind: AssetKind, value: Money, paidOff: Bool?, outstanding: Money?, description: Sealed?) {
        self.kind = kind
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
        self.description = description
    }
}

/// An income source with readable kind and figures, and a sealed employer.
public struct IncomeRecord: Hashable, Sendable {
    public var kind: IncomeKind
    public var monthlyAmount: Money
    public var employer: Sealed?
    public var since: CalendarDate?

    public init(kind: IncomeKind, monthlyAmount: Money, employer: Sealed?, since: CalendarDate?) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}
