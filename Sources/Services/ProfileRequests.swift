import Bureau

/// A profile to be written in place of whatever was there; version 0 means that there must be none.
package struct ProfileDraft: Sendable {
    package var profile: Profile
    package var expectedVersion: Int64?

    package init(profile: Profile, expectedVersion: Int64?) {
        self.profile = profile
        self.expectedVersion = expectedVersion
    }
}

/// A patch for a profile.
package struct ProfileChange: Sendable {
    package var cpf: CPF
    package var patch: ProfilePatch
    package var expectedVersion: Int64?

    package init(cpf: CPF, patch: ProfilePatch, expectedVersion: Int64?) {
        self.cpf = cpf
        self.patch = patch
        self.expectedVersion = expectedVersion
    }
}

/// A profile as it is given out.
package struct ProfileView: Sendable {
    package var profile: Profile
    package var version: Int64
    package var createdAt: Instant
    package var updatedAt: Instant
}
