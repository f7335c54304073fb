import JSON

extension Keyword {
    /// Whether a value of that kind can stand behind the keyword. What is inside is checked where it is compiled.
    func admits(_ kind: Value.Kind) -> Bool {
        switch self {
        case .id, .schema, .ref, .anchor, .dynamicRef, .dynamicAnchor, .comment, .title, .description, .pattern,
            .format, .contentEncoding, .contentMediaType:
            kind == .string
        case .defs, .definitions, .properties, .patternProperties, .dependentSchemas, .dependentRequired,
            .dependencies, .vocabulary:
            kind == .object
        case .allOf, .anyOf, .oneOf, .prefixItems, .enum, .required, .examples:
            kind == .array
        case .not, .if, .then, .else, .additionalProperties, .propertyNames, .items, .contains, .contentSchema,
            .unevaluatedItems, .unevaluatedProperties:
            kind == .object || kind == .true || kind == .false
        case .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength, .minLength, .maxItems,
            .minItems, .maxContains, .minContains, .maxProperties, .minProperties:
            kind == .number
        case .uniqueItems, .deprecated, .readOnly, .writeOnly:
            kind == .true || kind == .false
        case .type:
            kind == .string || kind == .array
        case .const, .default:
            true
        }
    }
}
