import Bureau
import JSON
import JSONRPC
import Services

/// `profile.get`
package struct ProfileGet: SubjectMethod {
    package static let name = "profile.get"
    package let footprint = Footprint(reads: .b)
    private let profiles: ProfileService

    package init(profiles: ProfileService) {
        self.profiles = profiles
    }

    package func decode(_ params: Value) throws(Failure) -> CPF {
        try ObjectReader(params).required("cpf")
    }

    package func call(_ group: [CPF]) async -> [Outcome<ProfileView>] {
        await profiles.read(group).map(\.outcome)
    }

    package func write(_ profile: ProfileView, to writer: inout Writer) {
        profile.write(to: &writer)
    }
}
