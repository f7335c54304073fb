/// One file of `Runtime/`, the part of a client that no contract says, carried inside the binary.
package struct RuntimeFile: Sendable {
    /// The path below `Runtime/`, such as `client.py`.
    package let path: String
    package let text: StaticString
}
