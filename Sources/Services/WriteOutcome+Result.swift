import Repositories

extension WriteOutcome {
    /// The version that was written, or why none was.
    var version: Result<Int64, ServiceError> {
        switch self {
        case .written(let version): .success(version)
        case .alreadyExists: .failure(.alreadyExists)
        case .notFound: .failure(.notFound)
        case .versionConflict(let current): .failure(.versionConflict(current: current))
        }
    }
}
