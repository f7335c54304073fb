/// The keywords that a schema may have. Anything else in a schema is refused.
enum Keyword: String, CaseIterable {
    // Core
    case id = "$id"
    case schema = "$schema"
    case ref = "$ref"
    case anchor = "$anchor"
    case defs = "$defs"
    case comment = "$comment"
    // Applicators
    case allOf, anyOf, oneOf, not
    case `if`, then, `else`
    case properties, additionalProperties, propertyNames, dependentSchemas
    case prefixItems, items, contains
    // Validation
    case type
    case `enum`
    case const
    case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
    case maxLength, minLength, format
    case maxItems, minItems, uniqueItems, maxContains, minContains
    case maxProperties, minProperties, required, dependentRequired
    // Annotations, which are let through
    case title, description, `default`, examples, deprecated, readOnly, writeOnly
    case contentEncoding, contentMediaType, contentSchema

    /// How schemas lie in a keyword's value.
    enum Subschemas {
        case none, one, list, map
    }

    var subschemas: Subschemas {
        switch self {
        case .not, .if, .then, .else, .additionalProperties, .propertyNames, .items, .contains, .contentSchema: .one
        case .allOf, .anyOf, .oneOf, .prefixItems: .list
        case .defs, .properties, .dependentSchemas: .map
        default: .none
        }
    }
}
