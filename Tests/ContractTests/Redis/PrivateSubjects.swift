import Bureau
import Repositories

/// Turns the subjects that all tests have in common into those of one test, and back.
struct PrivateSubjects: Sendable {
    private let mask = (0..<SubjectToken.byteCount).map { _ in UInt8.random(in: 0...255) }

    /// Its own inverse.
    func exchange(_ token: SubjectToken) -> SubjectToken {
        let bytes = token.withBytes { zip($0, mask).map { $0 ^ $1 } }
        return bytes.withUnsafeBytes(SubjectToken.init(bytes:)) ?? token
    }
}
