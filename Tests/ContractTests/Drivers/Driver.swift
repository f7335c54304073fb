import Bureau
import Repositories
import Testing

/// One kind of store that a contract is tested on.
struct Driver<Place: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    /// Makes an empty store of its own for one test.
    let makePlace: @Sendable () async throws -> Place

    var testDescription: String { name }
}

/// An empty base A, which a test may open several times, as several daemons would.
struct PersonPlace: Sendable {
    let open: @Sendable () async throws -> any PersonRepository
    /// The records of the audit log in the order in which they were appended, read past the repository.
    let auditLog: @Sendable () async throws -> [AuditRecord]
    /// Runs SQL on the store as its owner, who can also switch triggers off.
    let tamper: @Sendable ([String]) async throws -> Void
}

/// An empty base B, which a test may open several times.
struct ProfilePlace: Sendable {
    let open: @Sendable () async throws -> any ProfileRepository
}

/// An empty base C, which a test may open several times.
struct EventPlace: Sendable {
    let open: @Sendable () async throws -> any EventRepository
}

extension Driver<PersonPlace> {
    /// Every store of base A; a new one is one more here.
    static var all: [Self] { [.sqlite] + postgres }
}

extension Driver<ProfilePlace> {
    /// Every store of base B; a new one is one more here.
    static var all: [Self] { [.sqlite] + dynamoDB }
}

extension Driver<EventPlace> {
    /// Every store of base C; a new one is one more here.
    static var all: [Self] { [.sqlite] + redis }
}
