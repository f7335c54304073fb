import Bureau

/// A person to be created, with the debts it comes with.
package struct PersonDraft: Sendable {
    package var person: Person
    package var debts: [Debt]

    package init(person: Person, debts: [Debt]) {
        self.person = person
        self.debts = debts
    }
}

/// What a creation leaves behind.
package struct PersonCreated: Sendable {
    package var version: Int64
    package var createdAt: Instant
    /// In the order of the debts.
    package var debtIDs: [RecordID]
}

/// A wish to see a person, and why.
package struct PersonRequest: Sendable {
    package var cpf: CPF
    /// The method that asks, as it stands in the audit log.
    package var action: String
    var purpose: Purpose?
    package var requester: String?

    /// Nothing outside this module asks without a purpose.
    package init(cpf: CPF, action: String, purpose: Purpose, requester: String? = nil) {
        self.init(cpf: cpf, action: action, purpose: .some(purpose), requester: requester)
    }

    init(cpf: CPF, action: String, purpose: Purpose?, requester: String? = nil) {
        self.cpf = cpf
        self.action = action
        self.purpose = purpose
        self.requester = requester
    }
}

/// A patch for a person.
package struct PersonChange: Sendable {
    package var cpf: CPF
    package var patch: PersonPatch
    package var expectedVersion: Int64?

    package init(cpf: CPF, patch: PersonPatch, expectedVersion: Int64?) {
        self.cpf = cpf
        self.patch = patch
        self.expectedVersion = expectedVersion
    }
}

/// A subject's record to be deleted, whatever its version when `expectedVersion` is nil.
package struct SubjectDeletion: Sendable {
    package var cpf: CPF
    package var expectedVersion: Int64?

    package init(cpf: CPF, expectedVersion: Int64?) {
        self.cpf = cpf
        self.expectedVersion = expectedVersion
    }
}
