/// One file of `Runtime/`, the part of a client that no contract says, carried inside the binary.
public struct RuntimeFile: Sendable {
    /// The path below `Runtime/`, such as `client.py`.
    public let path: String
    public let text: StaticString
}
