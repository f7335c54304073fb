/// The keywords that mean something here.
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
    // Annotations, which are let through
    case title, description, `default`, examples, deprecated, readOnly, writeOnly
    case contentEncoding, contentMediaType, contentSchema
    // Earlier drafts
    case definitions, dependencies

    /// How schemas lie in a keyword's value.
    enum Subschemas {
        case none, one, list, map
        /// A map in which some values are arrays of names instead.
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
}
