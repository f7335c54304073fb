import Bureau
import Repositories
import Vault

/// A request to block a subject's data, or to end the block.
public struct BlockRequest: AccessRequest {
    public var cpf: CPF
    public var isBlocked: Bool
    public var access: Access

    public init(cpf: CPF, isBlocked: Bool, access: Access) {
        self.cpf = cpf
        self.isBlocked = isBlocked
        self.access = access
    }
}

/// Blocks subjects: their data stay and can be written, and are read for few purposes (LGPD, Art. 5, XIII, and 18, IV).
public struct BlockService: Sendable {
    private let persons: PersonService
    private let list: BlockList

    public init(persons: PersonService, list: BlockList) {
        self.persons = persons
        self.list = list
    }

    /// Begins or ends blocks, whether base A holds the persons or not; tells of each whether that is a change.
    /// `forbidden`.
    public func change(_ requests: [BlockRequest]) async -> [Result<Bool, ServiceError>] {
        await persons.control.permitted(requests) { requests in
            await batch(of: requests.count) { () async throws(ServiceError) in
                let changes = zip(requests, persons.vault.tokens(of: requests.lazy.map(\.cpf))).map { request, token in
                    BlockChange(
                        token: token, isBlocked: request.isBlocked,
                        audit: persons.trail.line(of: request.access, to: token))
                }
                let outcomes = try await ask(persons.repository.block, changes)
                for (change, outcome) in zip(changes, outcomes) {
                    if case .success = outcome { list.note(change.token, isBlocked: change.isBlocked) }
                }
                return outcomes
            }
        }
    }
}
