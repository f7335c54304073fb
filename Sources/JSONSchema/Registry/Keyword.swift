import JSON

/// The keywords that the compiler knows.
enum Keyword: String, CaseIterable {
    // Core
    case id = "$id"
    case schema = "$schema"
    case ref = "$ref"
    case anchor = "$anchor"
    case dynamicRef = "$dynamicRef"
    case dynamicAnchor = "$dynamicAnchor"
    case vocabulary = "$vocabulary"
    case defs = "$defs"
    case comment = "$comment"
    // Applicators
    case allOf, anyOf, oneOf, not
    case `if`, then, `else`
    case properties, patternProperties, additionalProperties, propertyNames, dependentSchemas
    case prefixItems, items, contains
    case unevaluatedItems, unevaluatedProperties
    // Validation
    case type
    case `enum`
    case const
    case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
    case maxLength, minLength, pattern, format
    case maxItems, minItems, uniqueItems, maxContains, minContains
    case maxProperties, minProperties, required, dependentRequired
    // Annotations
    case title, description, `default`, examples, deprecated, readOnly, writeOnly
    case contentEncoding, contentMediaType, contentSchema
    // Earlier drafts
    case definitions, dependencies

    /// The position of subschemas in the value of a keyword.
    enum Subschemas {
        case none, one, list, map
        /// A map in which some values are arrays of names.
        case mapWithArrays
    }

    var subschemas: Subschemas {
        switch self {
        case .not, .if, .then, .else, .additionalProperties, .propertyNames, .items, .contains, .contentSchema,
            .unevaluatedItems, .unevaluatedProperties:
            .one
        case .allOf, .anyOf, .oneOf, .prefixItems: .list
        case .defs, .definitions, .properties, .patternProperties, .dependentSchemas: .map
        case .dependencies: .mapWithArrays
        default: .none
        }
    }

    /// Whether the keyword admits a value of a kind. Deeper checks happen when the keyword is compiled.
    func admits(_ kind: Value.Kind) -> Bool {
        let isBoolean = kind == .true || kind == .false
        switch self {
        case _ where subschemas == .one: return kind == .object || isBoolean
        case _ where subschemas == .list: return kind == .array
        case _ where subschemas != .none: return kind == .object
        case .dependentRequired, .vocabulary: return kind == .object
        case .enum, .required, .examples: return kind == .array
        case .type: return kind == .string || kind == .array
        case .const, .default: return true
        case .uniqueItems, .deprecated, .readOnly, .writeOnly: return isBoolean
        case .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength, .minLength, .maxItems,
            .minItems, .maxContains, .minContains, .maxProperties, .minProperties:
            return kind == .number
        default: return kind == .string
        }
    }

    /// The vocabularies that define the keyword.
    var vocabularies: Vocabularies {
        switch self {
        case .id, .schema, .ref, .anchor, .dynamicRef, .dynamicAnchor, .vocabulary, .defs, .comment: .core
        case .allOf, .anyOf, .oneOf, .not, .if, .then, .else, .properties, .patternProperties, .additionalProperties,
            .propertyNames, .dependentSchemas, .prefixItems, .items, .contains:
            .applicator
        case .unevaluatedItems, .unevaluatedProperties: .unevaluated
        case .type, .enum, .const, .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength,
            .minLength, .pattern, .maxItems, .minItems, .uniqueItems, .maxContains, .minContains, .maxProperties,
            .minProperties, .required, .dependentRequired:
            .validation
        case .format: [.formatAnnotation, .formatAssertion]
        case .title, .description, .default, .examples, .deprecated, .readOnly, .writeOnly: .metaData
        case .contentEncoding, .contentMediaType, .contentSchema: .content
        case .definitions, .dependencies: .earlierDrafts
        }
    }
}

/// The vocabularies that define keywords (core §8.1).
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
    /// Not a vocabulary of the draft: the keywords of earlier drafts that its meta-schema still describes.
    static let earlierDrafts = Vocabularies(rawValue: 1 << 8)

    /// The vocabularies of the draft's own meta-schema.
    static let standard: Vocabularies = [
        .core, .applicator, .unevaluated, .validation, .metaData, .formatAnnotation, .content,
    ]
    static let all: Vocabularies = [.standard, .formatAssertion, .earlierDrafts]

    private static let names: [(name: String, vocabulary: Vocabularies)] = [
        ("core", .core), ("applicator", .applicator), ("unevaluated", .unevaluated), ("validation", .validation),
        ("meta-data", .metaData), ("format-annotation", .formatAnnotation), ("format-assertion", .formatAssertion),
        ("content", .content),
    ]

    /// The vocabulary with a URI; nil if the draft does not define the vocabulary.
    static func named(_ uri: String) -> Vocabularies? {
        names.first { "https://json-schema.org/draft/2020-12/vocab/" + $0.name == uri }?.vocabulary
    }
}
