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

    /// The values of a keyword, as far as their kind tells. Deeper checks happen when the keyword is compiled.
    enum Form {
        case any, boolean, number, string, array, object, stringOrArray
        /// A schema, an array of schemas, or an object whose values are schemas.
        case schema, schemaList, schemaMap
        /// An object whose values are schemas or arrays of names.
        case schemaMapWithArrays
    }

    /// Whether the keyword admits a value of a kind.
    func admits(_ kind: Value.Kind) -> Bool {
        switch form {
        case .any: true
        case .boolean: kind == .true || kind == .false
        case .number: kind == .number
        case .string: kind == .string
        case .array, .schemaList: kind == .array
        case .object, .schemaMap, .schemaMapWithArrays: kind == .object
        case .stringOrArray: kind == .string || kind == .array
        case .schema: kind == .object || kind == .true || kind == .false
        }
    }

    var form: Form { definition.form }

    /// The vocabularies that define the keyword.
    var vocabularies: Vocabularies { definition.vocabularies }

    private var definition: (vocabularies: Vocabularies, form: Form) {
        switch self {
        case .id, .schema, .ref, .anchor, .dynamicRef, .dynamicAnchor, .comment: (.core, .string)
        case .vocabulary: (.core, .object)
        case .defs: (.core, .schemaMap)
        case .allOf, .anyOf, .oneOf, .prefixItems: (.applicator, .schemaList)
        case .not, .if, .then, .else, .additionalProperties, .propertyNames, .items, .contains: (.applicator, .schema)
        case .properties, .patternProperties, .dependentSchemas: (.applicator, .schemaMap)
        case .unevaluatedItems, .unevaluatedProperties: (.unevaluated, .schema)
        case .type: (.validation, .stringOrArray)
        case .const: (.validation, .any)
        case .enum, .required: (.validation, .array)
        case .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength, .minLength, .maxItems,
            .minItems, .maxContains, .minContains, .maxProperties, .minProperties:
            (.validation, .number)
        case .pattern: (.validation, .string)
        case .uniqueItems: (.validation, .boolean)
        case .dependentRequired: (.validation, .object)
        case .format: ([.formatAnnotation, .formatAssertion], .string)
        case .title, .description: (.metaData, .string)
        case .default: (.metaData, .any)
        case .examples: (.metaData, .array)
        case .deprecated, .readOnly, .writeOnly: (.metaData, .boolean)
        case .contentEncoding, .contentMediaType: (.content, .string)
        case .contentSchema: (.content, .schema)
        case .definitions: (.earlierDrafts, .schemaMap)
        case .dependencies: (.earlierDrafts, .schemaMapWithArrays)
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
