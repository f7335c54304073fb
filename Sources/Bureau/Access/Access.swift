/// Why one access is made, and what it is about.
public struct Access: Hashable, Sendable {
    /// The name of the method, such as `person.get`.
    public var method: String
    /// Nil for a write, and for a read that states none.
    public var purpose: Purpose?
    /// The organisation that the access is made for.
    public var requester: String?
    /// What the method shows, or changes when it writes.
    public var groups: FieldGroups
    /// The duty that the method is part of; nil for reads and writes of the data themselves.
    public var duty: Duty?
    /// Whether an assistant asks over the Model Context Protocol, as the audit log then tells.
    public var isByAssistant = false

    public init(
        method: String, purpose: Purpose? = nil, requester: String? = nil, groups: FieldGroups, duty: Duty? = nil
    ) {
        self.method = method
        self.purpose = purpose
        self.requester = requester
        self.groups = groups
        self.duty = duty
    }

    /// The base that the method is about.
    public var base: Base {
        switch method.prefix(while: { $0 != "." }) {
        case "profile", "score": .b
        case "event": .c
        default: .a
        }
    }
}

/// One subject to be read, and why.
public struct SubjectRead: Hashable, Sendable {
    public var cpf: CPF
    public var access: Access

    public init(cpf: CPF, access: Access) {
        self.cpf = cpf
        self.access = access
    }
}
