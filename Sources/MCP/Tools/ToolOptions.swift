import Bureau

/// What an operator decides about the tools of a process.
public struct ToolOptions: Sendable {
    public var choice: ToolSet.Choice
    /// The purpose of every read, which a model then cannot choose; nil when each call states its own.
    public var purpose: Purpose?
    /// The organisation that every read is made for, which a model then cannot choose.
    public var requester: String?
    /// What a model sees as it is.
    public var revealed: Set<RevealedField>
    public var callsPerMinute: Int
    /// How many different persons calls may be about within an hour.
    public var subjectsPerHour: Int

    public init(
        choice: ToolSet.Choice = .read, purpose: Purpose? = nil, requester: String? = nil,
        revealed: Set<RevealedField> = [], callsPerMinute: Int = 60, subjectsPerHour: Int = 100
    ) {
        self.choice = choice
        self.purpose = purpose
        self.requester = requester
        self.revealed = revealed
        self.callsPerMinute = callsPerMinute
        self.subjectsPerHour = subjectsPerHour
    }
}

/// Personal values that a model sees only when the operator reveals them.
public enum RevealedField: String, CaseIterable, Sendable {
    /// Otherwise `***.982.247-**`.
    case cpf
    /// Names of persons; otherwise their initials.
    case name
    /// Phone numbers and e-mail addresses; otherwise left out.
    case contacts
    /// All of an address but state and country; otherwise left out.
    case street
    /// Otherwise an age band.
    case birthDate
    /// What others wrote: employer, creditor, requester, description, numbers of contracts. Otherwise left out, because
    /// a text can carry instructions to the model.
    case text
}
