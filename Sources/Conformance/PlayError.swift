/// Why a case could not be played at all.
package enum PlayError: Error, Hashable, Sendable {
    case noTemporaryFolder
    case noDescriptors
    case notStarted
}

extension PlayError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTemporaryFolder: "no temporary folder can be made"
        case .noDescriptors: "the system gives no descriptors"
        case .notStarted: "the program cannot be started"
        }
    }
}
