/// A version of the Model Context Protocol (https://modelcontextprotocol.io/specification/versioning).
package enum ProtocolVersion: String, CaseIterable, Sendable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// Stateless: every request states its version itself.
    case july2026 = "2026-07-28"

    /// Whether a client opens with `initialize`.
    package var hasHandshake: Bool { self != .july2026 }
}
