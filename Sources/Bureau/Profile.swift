/// What a score is computed from: the record of base B.
package struct Profile: Sendable, Hashable, PersonalValue {
    /// The number that the record is about; it never changes.
    package let cpf: CPF
    package var birthDate: CalendarDate
    package var address: Address
    package var housing: Housing?
    package var assets: [Asset]
    package var incomeSources: [IncomeSource]

    package init(
        cpf: CPF, birthDate: CalendarDate, address: Address, housing: Housing? = nil, assets: [Asset] = [],
        incomeSources: [IncomeSource] = []
    ) {
        self.cpf = cpf
        self.birthDate = birthDate
        self.address = address
        self.housing = housing
        self.assets = assets
        self.incomeSources = incomeSources
    }
}
