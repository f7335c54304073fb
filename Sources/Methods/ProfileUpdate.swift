import JSON
import JSONRPC
import Services

/// `profile.update`
package struct ProfileUpdate: SubjectMethod {
    package static let name = "profile.update"
    package let footprint = Footprint(writes: .b)
    private let profiles: ProfileService

    package init(profiles: ProfileService) {
        self.profiles = profiles
    }

    package func decode(_ params: Value) throws(Failure) -> ProfileChange {
        let reader = ObjectReader(params)
        return ProfileChange(
            cpf: try reader.required("cpf"), patch: try .init(try reader.object("patch")),
            expectedVersion: try reader.optionalInteger("expectedVersion"))
    }

    package func call(_ group: [ProfileChange]) async -> [Outcome<Written>] {
        await profiles.update(group).map(\.outcome)
    }

    package func write(_ written: Written, to writer: inout Writer) {
        written.write(to: &writer)
    }
}
