import Bureau

/// A change of one debt of a person.
package struct DebtWrite: Sendable {
    /// What is to be done.
    package enum Action: Sendable {
        /// `expectedVersion` is the person's.
        case add(Debt, expectedVersion: Int64?)
        /// `expectedVersion` is the debt's.
        case update(RecordID, DebtPatch, expectedVersion: Int64?)
        /// `expectedVersion` is the debt's.
        case remove(RecordID, expectedVersion: Int64?)
    }

    package var cpf: CPF
    package var action: Action

    package init(cpf: CPF, action: Action) {
        self.cpf = cpf
        self.action = action
    }
}

extension DebtWrite.Action {
    /// The method, as it stands in the audit log.
    var name: String {
        switch self {
        case .add: "debt.add"
        case .update: "debt.update"
        case .remove: "debt.remove"
        }
    }

    /// Whether a version conflict is the caller's to hear of.
    var namesVersion: Bool {
        switch self {
        case .add(_, let version), .update(_, _, let version), .remove(_, let version): version != nil
        }
    }
}

/// What a change of a debt leaves behind.
package struct DebtWritten: Sendable {
    package var debtID: RecordID
    package var version: Int64
    package var at: Instant
}
