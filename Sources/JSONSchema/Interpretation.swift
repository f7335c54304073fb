/// How schemas are read where the draft leaves it to the reader.
package struct Interpretation: Sendable {
    package let unknownKeywords: UnknownKeywords
    package let formats: Formats

    package init(unknownKeywords: UnknownKeywords, formats: Formats) {
        self.unknownKeywords = unknownKeywords
        self.formats = formats
    }

    /// What becomes of a keyword that no vocabulary in use has (core §4.3.1).
    package enum UnknownKeywords: Sendable {
        /// The schema is refused: such a keyword is a slip of the pen.
        case refused
        /// It is an annotation. `dependencies` and `definitions` of earlier drafts mean what they meant there.
        case annotations
    }

    /// What `format` asks for, unless the schema's meta-schema has the format-assertion vocabulary (validation §7.2).
    package enum Formats: Sendable {
        /// Strings must have the format. One that is unknown is refused where unknown keywords are, otherwise passed
        /// over.
        case assertions
        case annotations
    }

    /// For schemas of one's own: all that is unknown is refused, and formats are asserted.
    package static let strict = Interpretation(unknownKeywords: .refused, formats: .assertions)
    /// For schemas of others: what draft 2020-12 says when nothing else is agreed.
    package static let draft = Interpretation(unknownKeywords: .annotations, formats: .annotations)
    /// For schemas of others, with formats asserted.
    package static let draftAssertingFormats = Interpretation(unknownKeywords: .annotations, formats: .assertions)
}
