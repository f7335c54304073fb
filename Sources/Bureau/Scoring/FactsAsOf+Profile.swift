/// The characteristics of base B.
extension FactsAsOf {
    /// The profile. Throws `noRecord`, or `notKnownThen` when it was overwritten since.
    func profile() throws(NoValue) -> ProfileFacts {
        guard let profile = facts.profile, isRecorded(at: profile.createdAt) else { throw NoValue(.noRecord) }
        guard isRecorded(at: profile.updatedAt) else { throw NoValue(.notKnownThen) }
        return profile
    }

    /// The income of a month in centavos. Throws `notApplicable` without a source of income.
    func income() throws(NoValue) -> Int64 {
        let profile = try profile()
        guard profile.incomeSources > 0 else { throw NoValue(.notApplicable) }
        return profile.monthlyIncome.cents
    }

    func numberOfProfile(_ name: CharacteristicName) throws(NoValue) -> Int64 {
        let profile = try profile()
        switch name {
        case .age:
            guard profile.birthDate <= day else { throw NoValue(.notApplicable) }
            return Int64(profile.birthDate.years(until: day))
        case .income: return try income()
        case .assets:
            guard profile.assets > 0 else { throw NoValue(.notApplicable) }
            let (net, hasOverflown) = profile.assetValue.cents.subtractingReportingOverflow(profile.outstanding.cents)
            return hasOverflown ? (profile.outstanding < .zero ? .max : .min) : net
        case .employmentTenure:
            guard let since = profile.employedSince, since <= day else { throw NoValue(.notApplicable) }
            return Int64(since.months(until: day))
        case .incomeSources: return Int64(profile.incomeSources)
        case .assetsPaidOffShare:
            return try share(Int128(profile.paidOffAssetValue.cents), of: Int128(profile.assetValue.cents))
        default: throw NoValue(.noRecord)
        }
    }
}
