import Bureau

package typealias Session = VaultSession
package typealias Location = SealedLocation

extension Sealed {
    package init(_ sealed: Sealed) {
        self = sealed
    }
}

extension VaultSession {
    package mutating func unwrap(_ wrapped: [UInt8], for subject: SubjectToken) throws(VaultError) -> DataKey {
        try unwrap(WrappedDataKey(wrapped), for: subject)
    }

    package mutating func open(
        _ sealed: [UInt8], with key: DataKey, at location: SealedLocation
    ) throws(VaultError) -> [UInt8] {
        try open(Sealed(sealed), with: key, at: location)
    }
}
