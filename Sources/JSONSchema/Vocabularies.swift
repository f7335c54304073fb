import JSON

/// Vocabularies, which give a schema's keywords their meaning (core §8.1).
struct Vocabularies: OptionSet {
    let rawValue: UInt16

    static let core = Vocabularies(rawValue: 1)
    static let applicator = Vocabularies(rawValue: 1 << 1)
    static let unevaluated = Vocabularies(rawValue: 1 << 2)
    static let validation = Vocabularies(rawValue: 1 << 3)
    static let metaData = Vocabularies(rawValue: 1 << 4)
    static let formatAnnotation = Vocabularies(rawValue: 1 << 5)
    static let formatAssertion = Vocabularies(rawValue: 1 << 6)
    static let content = Vocabularies(rawValue: 1 << 7)
    /// No vocabulary of the draft: the keywords of earlier drafts that its meta-schema still describes.
    static let earlierDrafts = Vocabularies(rawValue: 1 << 8)

    /// Those of the draft's own meta-schema.
    static let standard: Vocabularies = [
        .core, .applicator, .unevaluated, .validation, .metaData, .formatAnnotation, .content,
    ]
    static let all: Vocabularies = [.standard, .formatAssertion, .earlierDrafts]

    private static let names: [(name: String, vocabulary: Vocabularies)] = [
        ("core", .core), ("applicator", .applicator), ("unevaluated", .unevaluated), ("validation", .validation),
        ("meta-data", .metaData), ("format-annotation", .formatAnnotation), ("format-assertion", .formatAssertion),
        ("content", .content),
    ]

    /// The vocabulary of that URI; nil for one that is not of this draft.
    static func named(_ uri: String) -> Vocabularies? {
        names.first { "https://json-schema.org/draft/2020-12/vocab/" + $0.name == uri }?.vocabulary
    }
}
