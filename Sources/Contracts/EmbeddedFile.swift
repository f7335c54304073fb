/// One file of `schema/`, carried inside the binary.
package struct EmbeddedFile: Sendable {
    /// The path below `schema/`, such as `rpc/person.get.json`.
    package let path: String
    package let text: StaticString

    package var bytes: [UInt8] {
        text.withUTF8Buffer { Array($0) }
    }
}
