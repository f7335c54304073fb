import JSON
import JSONRPC
import Services

/// `profile.delete`
package struct ProfileDelete: SubjectMethod {
    package static let name = "profile.delete"
    package let footprint = Footprint(writes: .b)
    private let profiles: ProfileService

    package init(profiles: ProfileService) {
        self.profiles = profiles
    }

    package func decode(_ params: Value) throws(Failure) -> SubjectDeletion {
        try SubjectDeletion(ObjectReader(params))
    }

    package func call(_ group: [SubjectDeletion]) async -> [Outcome<Written>] {
        await profiles.delete(group).map(\.outcome)
    }

    package func write(_ written: Written, to writer: inout Writer) {
        written.writeDeletion(to: &writer)
    }
}
