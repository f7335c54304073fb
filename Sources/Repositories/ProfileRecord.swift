import Bureau

/// A profile as base B stores it: readable under the token where learning needs it, sealed elsewhere.
package struct ProfileRecord: Hashable, Sendable {
    package var content: ProfileContent
    package var version: Int64
    package var createdAt: Instant
    /// Never before `createdAt`, although clocks are set back and daemons' clocks differ.
    package var updatedAt: Instant

    package init(content: ProfileContent, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.content = content
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = max(createdAt, updatedAt)
    }
}

/// The members of a stored profile that a client writes.
package struct ProfileContent: Hashable, Sendable {
    package var token: SubjectToken
    package var dataKey: WrappedDataKey
    package var birthDate: CalendarDate
    package var housing: Housing?
    package var address: Sealed
    /// In the client's order.
    package var assets: [AssetRecord]
    /// In the client's order.
    package var incomeSources: [IncomeRecord]

    package init(
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
package struct AssetRecord: Hashable, Sendable {
    package var kind: AssetKind
    package var value: Money
    package var paidOff: Bool?
    package var outstanding: Money?
    package var description: Sealed?

    package init(kind: AssetKind, value: Money, paidOff: Bool?, outstanding: Money?, description: Sealed?) {
        self.kind = kind
        self.value = value
        self.paidOff = paidOff
        self.outstanding = outstanding
        self.description = description
    }
}

/// An income source with readable kind and figures, and a sealed employer.
package struct IncomeRecord: Hashable, Sendable {
    package var kind: IncomeKind
    package var monthlyAmount: Money
    package var employer: Sealed?
    package var since: CalendarDate?

    package init(kind: IncomeKind, monthlyAmount: Money, employer: Sealed?, since: CalendarDate?) {
        self.kind = kind
        self.monthlyAmount = monthlyAmount
        self.employer = employer
        self.since = since
    }
}
