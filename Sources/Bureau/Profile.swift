/// What a score is computed from: the record of base B.
package struct Profile: Sendable, Hashable, PersonalValue {
    /// The number that the record is about; it never changes.
    package let cpf: CPF
    /// The day of birth.
    package var birthDate: CalendarDate
    /// Where the person lives.
    package var address: Address
    /// The terms of housing; nil when not known.
    package var housing: Housing?
    /// All that the person owns; empty when nothing is declared.
    package var assets: [Asset]
    /// All regular incomes; empty when none is declared.
    package var incomeSources: [IncomeSource]

    /// Takes what every profile has, and as much of the rest as is known.
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
