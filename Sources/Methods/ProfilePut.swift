import JSON
import JSONRPC
import Services

/// `profile.put`
package struct ProfilePut: SubjectMethod {
    package static let name = "profile.put"
    package let footprint = Footprint(writes: .b)
    private let profiles: ProfileService

    package init(profiles: ProfileService) {
        self.profiles = profiles
    }

    package func decode(_ params: Value) throws(Failure) -> ProfileDraft {
        let reader = ObjectReader(params)
        return ProfileDraft(
            profile: try .init(reader), expectedVersion: try reader.optionalInteger("expectedVersion"))
    }

    package func call(_ group: [ProfileDraft]) async -> [Outcome<Written>] {
        await profiles.put(group).map(\.outcome)
    }

    package func write(_ written: Written, to writer: inout Writer) {
        written.write(to: &writer)
    }
}
