/// One file of `Page/`, style or script, carried inside the binary.
public struct PageFile: Sendable {
    /// The path below `Page/`, such as `page.css`.
    public let path: String
    public let text: StaticString
}
