/// One file of transcripts, carried inside the binary.
package struct TranscriptFile: Sendable {
    /// The file's name, such as `values.txt`.
    package let path: String
    package let text: StaticString
}
