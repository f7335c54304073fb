/// What each role may see for each purpose, what it may change, and its duties.
public struct Policy: Sendable {
    /// What one role may do.
    public struct Grants: Sendable {
        /// What is given out for each purpose, and without one under nil; nothing for a purpose that is not there.
        public var reads: [Purpose?: Disclosures]
        public var changes: FieldGroups
        public var duties: Set<Duty>

        public init(reads: [Purpose?: Disclosures], changes: FieldGroups = [], duties: Set<Duty> = []) {
            self.reads = reads
            self.changes = changes
            self.duties = duties
        }
    }

    private let grants: [Role: Grants]

    /// A role that is not there may do nothing.
    public init(_ grants: [Role: Grants]) {
        self.grants = grants
    }

    public func grants(of role: Role) -> Grants {
        grants[role] ?? Grants(reads: [:])
    }

    /// What is given out to a role for a purpose.
    public func disclosures(_ role: Role, _ purpose: Purpose?) -> Disclosures {
        grants[role]?.reads[purpose] ?? .denied
    }

    /// The purposes for which some role is given anything of the groups, in the order of `Purpose`.
    public func purposes(for groups: FieldGroups) -> [Purpose] {
        Purpose.allCases.filter { purpose in
            Role.allCases.contains { !disclosures($0, purpose).shown.isDisjoint(with: groups) }
        }
    }
}
