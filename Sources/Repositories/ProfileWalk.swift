import Bureau

/// A part of all subjects of a base that a walk goes through by itself: the parts of one count meet each subject once.
public struct WalkSegment: Hashable, Sendable {
    /// From 0 on.
    public let number: Int
    public let count: Int

    public init(number: Int, of count: Int) {
        precondition(0..<count ~= number)
        self.number = number
        self.count = count
    }

    /// The most segments of a walk; DynamoDB's API allows a million.
    public static let mostSegments = 1_000_000
}

/// Where a walk through a segment goes on; its bytes mean something to their store alone, and may hold a token.
public struct WalkCursor: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Some profiles of a segment, as characteristics need them: nothing that is sealed.
///
/// What lies in plain is not held against the seal of its address: a figure that was changed past the daemons is there
/// as it is.
public struct ProfilePage: Hashable, Sendable {
    public var profiles: [WalkedProfile]
    /// Nil after the last page. A page may be empty although further ones follow.
    public var next: WalkCursor?
    /// What the store charges for the page: read capacity units of DynamoDB, 0 elsewhere.
    public var readUnits: Double

    public init(profiles: [WalkedProfile], next: WalkCursor?, readUnits: Double = 0) {
        self.profiles = profiles
        self.next = next
        self.readUnits = readUnits
    }
}

/// Profiles that were read by their subjects' tokens.
public struct MeteredProfiles: Sendable {
    public var profiles: [Result<ProfileRecord?, StoreError>]
    /// What the store charges for the read: read capacity units of DynamoDB, 0 elsewhere.
    public var readUnits: Double

    public init(profiles: [Result<ProfileRecord?, StoreError>], readUnits: Double) {
        self.profiles = profiles
        self.readUnits = readUnits
    }
}

/// A profile that a walk has met.
public struct WalkedProfile: Hashable, Sendable {
    public var token: SubjectToken
    /// The facts, whose times are for the reader to set from `times`.
    public var facts: ProfileFacts
    /// The times as the store has them.
    public var times: RowTimes

    public init(token: SubjectToken, facts: ProfileFacts, times: RowTimes) {
        self.token = token
        self.facts = facts
        self.times = times
    }
}
