/// Why a schema does not compile, and where.
package struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: Reason
    /// The URI or path under which the document is registered.
    package let document: String
    /// The JSON Pointer (RFC 6901) of the keyword or schema within that document.
    package let pointer: String

    package enum Reason: String, Sendable, CaseIterable {
        case unknownKeyword = "unknown_keyword"
        case unknownFormat = "unknown_format"
        /// A keyword with a value that the draft does not allow, or that is beyond what can be checked exactly.
        case malformedKeyword = "malformed_keyword"
        /// A `pattern`, or a name under `patternProperties`, that is no regular expression of ECMA-262, or one that
        /// cannot be matched in linear time.
        case malformedPattern = "malformed_pattern"
        /// Neither an object nor a boolean where a schema should be.
        case notASchema = "not_a_schema"
        /// A `$schema` that is neither draft 2020-12 nor a registered meta-schema.
        case unsupportedDialect = "unsupported_dialect"
        /// A vocabulary that the meta-schema demands and nobody here knows; the place is in the meta-schema.
        case unknownVocabulary = "unknown_vocabulary"
        /// A `$ref`, or the place asked for, that leads nowhere.
        case unresolvedReference = "unresolved_reference"
        /// A schema that applies itself again to the same value, such as `{"$ref": "#"}`.
        case endlessReference = "endless_reference"
        /// So many schemas applied to one value, or so many ways to them, that stack or time would be at risk.
        case tooComplex = "too_complex"
        /// A document, `$id` or `$anchor` that is there already.
        case duplicateIdentifier = "duplicate_identifier"
        case duplicateKey = "duplicate_key"
    }

    package var description: String { "\(document)#\(pointer): \(reason.rawValue)" }
}
