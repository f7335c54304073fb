/// Who the process acts for, fixed at its start.
public struct Actor: Hashable, Sendable {
    /// The name of a user or of a service.
    public var name: String
    public var role: Role

    public init(name: String, role: Role) {
        self.name = name
        self.role = role
    }
}

/// What an actor does in the bureau; the policy says what each role may see and change.
public enum Role: String, TextValue, CaseIterable {
    /// Whoever the data is entrusted to; the one who runs the program on embedded stores.
    case owner
    case creditAnalyst = "credit_analyst"
    case collector
    case fraudAnalyst = "fraud_analyst"
    /// Writes what others report, and reads nothing.
    case dataFeed = "data_feed"
    /// Answers the requests of persons about their own data.
    case privacyOfficer = "privacy_officer"
    /// Reads the audit log, and no data.
    case auditor
}

/// What a role may do beside reading and changing the data.
public enum Duty: String, TextValue, CaseIterable {
    /// Serving the rights of persons: erasure, blocks, disputes, consents.
    case rights
    /// Reading and proving the audit log, and holding the bases against it.
    case audit
    /// Looking after the key rings and the schemas.
    case keys
    /// Developing scorecards: extracting everybody's characteristics under pseudonyms.
    case models
}
