extension Keyword {
    /// The vocabularies that have the keyword; without any of them it is an unknown one.
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
