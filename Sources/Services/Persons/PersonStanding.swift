import Bureau

/// What a score needs to know of a person in base A.
struct PersonStanding: Hashable, Sendable {
    /// Nil when base A does not know the person.
    var birthDate: CalendarDate?
    var isDeceased = false
    var hasCancelledCadastro: Bool

    init(_ person: Person, hasCancelledCadastro: Bool) {
        birthDate = person.birthDate
        isDeceased = person.registration?.status == .deceased
        self.hasCancelledCadastro = hasCancelledCadastro
    }
}
