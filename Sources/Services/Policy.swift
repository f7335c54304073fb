import Bureau

/// For which purposes each operation may read base A: the `purposes` of the methods' contracts.
package struct Policy: Sendable {
    private let purposes: [String: Set<Purpose>]

    /// `purposes` by the name of the method.
    package init(purposes: [String: Set<Purpose>]) {
        self.purposes = purposes
    }

    /// Whether `operation` may read for `purpose`; an operation that is not listed may for none.
    package func allows(_ operation: String, for purpose: Purpose) -> Bool {
        purposes[operation]?.contains(purpose) ?? false
    }
}
