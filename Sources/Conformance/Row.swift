/// One row of the protocol, with the cases that try it.
package struct Row: Sendable {
    /// The protocol's section.
    package let section: String
    /// What the row is about, in the protocol's words.
    package let sentence: String
    package var transcripts: [Transcript]

    /// All rows, in the order of their files and places.
    package static func all() throws(TranscriptError) -> [Row] {
        var rows: [Row] = []
        for file in TranscriptFile.all {
            var parser = TranscriptParser(file: file.path)
            try parser.parse(file.text.description)
            rows += parser.rows
        }
        return rows
    }
}
