/// What each role may see for each purpose, what it may change, and its duties.
package struct Policy: Sendable {
    /// What one role may do.
    package struct Grants: Sendable {
        /// What is given out for each purpose, and without one under nil; nothing for a purpose that is not there.
        package var reads: [Purpose?: Disclosures]
        package var changes: FieldGroups
        package var duties: Set<Duty>

        package init(reads: [Purpose?: Disclosures], changes: FieldGroups = [], duties: Set<Duty> = []) {
            self.reads = reads
            self.changes = changes
            self.duties = duties
        }
    }

    private let grants: [Role: Grants]

    /// A role that is not there may do nothing.
    package init(_ grants: [Role: Grants]) {
        self.grants = grants
    }

    package func grants(of role: Role) -> Grants {
        grants[role] ?? Grants(reads: [:])
    }

    /// What is given out to a role for a purpose.
    package func disclosures(_ role: Role, _ purpose: Purpose?) -> Disclosures {
        grants[role]?.reads[purpose] ?? .denied
    }

    /// The purposes for which some role is given anything of the groups, in the order of `Purpose`.
    package func purposes(for groups: FieldGroups) -> [Purpose] {
        Purpose.allCases.filter { purpose in
            Role.allCases.contains { !disclosures($0, purpose).shown.isDisjoint(with: groups) }
        }
    }
}
