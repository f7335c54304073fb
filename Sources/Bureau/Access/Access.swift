/// Why one access is made, and what it is about.
package struct Access: Hashable, Sendable {
    /// The name of the method, such as `person.get`.
    package var method: String
    /// Nil for a write, and for a read that states none.
    package var purpose: Purpose?
    /// The organisation that the access is made for.
    package var requester: String?
    /// What the method shows, or changes when it writes.
    package var groups: FieldGroups
    /// The duty that the method is part of; nil for reads and writes of the data themselves.
    package var duty: Duty?
    /// Whether an assistant asks over the Model Context Protocol, as the audit log then tells.
    package var isByAssistant = false

    package init(
        method: String, purpose: Purpose? = nil, requester: String? = nil, groups: FieldGroups, duty: Duty? = nil
    ) {
        self.method = method
        self.purpose = purpose
        self.requester = requester
        self.groups = groups
        self.duty = duty
    }

    /// The base that the method is about.
    package var base: Base {
        switch method.prefix(while: { $0 != "." }) {
        case "profile", "score": .b
        case "event": .c
        default: .a
        }
    }
}

/// One subject to be read, and why.
package struct SubjectRead: Hashable, Sendable {
    package var cpf: CPF
    package var access: Access

    package init(cpf: CPF, access: Access) {
        self.cpf = cpf
        self.access = access
    }
}
