/// A version of the Model Context Protocol (https://modelcontextprotocol.io/specification/versioning).
public enum ProtocolVersion: String, CaseIterable, Sendable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// Stateless: every request states its version itself.
    case july2026 = "2026-07-28"

    /// Whether a client opens with `initialize`.
    public var hasHandshake: Bool { self != .july2026 }

    /// The newest version with a handshake.
    static let latestWithHandshake = ProtocolVersion.november2025

    /// Whether a name may have a title beside it.
    var namesHaveTitles: Bool { self != .november2024 && self != .march2025 }

    /// Whether the server may ask the user by a request of its own.
    var hasElicitationRequests: Bool { self == .june2025 || self == .november2025 }
}
