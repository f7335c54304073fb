/// One file of `Page/`, style or script, carried inside the binary.
package struct PageFile: Sendable {
    /// The path below `Page/`, such as `page.css`.
    package let path: String
    package let text: StaticString
}
