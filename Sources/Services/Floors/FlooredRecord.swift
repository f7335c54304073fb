import Bureau
import Repositories
import Vault

/// A record that is read with what it says of itself, which is authentic once it opens.
protocol FlooredRecord: Sendable {
    static var base: Base { get }
    var token: SubjectToken { get }
    var seenVersion: SeenVersion? { get }
    /// The nonce that may tell when the content was written.
    var stampNonce: ArraySlice<UInt8>? { get }
}

extension FlooredRecord {
    func floorName(in session: inout VaultSession) -> FloorName {
        FloorName(firstToken: session.first(of: token), in: Self.base)
    }
}

extension PersonRecord: FlooredRecord {
    static var base: Base { .a }

    var seenVersion: SeenVersion? {
        // A person of the first release has no state.
        SeenVersion(version: version, generation: dataKey.generation ?? 0, mark: state?.nonce.writeMark ?? 0)
    }

    var stampNonce: ArraySlice<UInt8>? { state?.nonce }
}

extension ProfileRecord: FlooredRecord {
    static var base: Base { .b }

    var token: SubjectToken { content.token }

    var seenVersion: SeenVersion? {
        SeenVersion(
            version: version, generation: content.dataKey.generation ?? 0, mark: content.dataKey.writeMark)
    }

    var stampNonce: ArraySlice<UInt8>? { content.dataKey.nonce }
}
