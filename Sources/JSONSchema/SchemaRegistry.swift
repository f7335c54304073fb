import JSON

/// The documents and formats from which schemas are compiled.
public struct SchemaRegistry {
    private var index = SchemaIndex()
    private var formats: [String: Format] = [:]
    private let interpretation: Interpretation

    /// Creates a registry with the formats of ``Format/standard``, and `formats`, which take precedence.
    public init(formats: [Format] = [], interpretation: Interpretation = .strict) {
        self.interpretation = interpretation
        for format in Format.standard + formats { self.formats[format.name] = format }
    }

    /// Registers a document under an absolute URI or a plain path such as `types/cpf.json`, and under its `$id`.
    ///
    /// References in the document are relative to `uri`. Throws if an identifier or a key occurs twice.
    public mutating func register(_ document: Document, at uri: String) throws(SchemaError) {
        try index.add(document, at: uri)
    }

    /// Whether a document or schema is registered under a URI.
    public func contains(_ uri: String) -> Bool { index.location(of: URIReference(uri)) != nil }

    /// Compiles the schema at a JSON Pointer of a registered document, including every schema that it references.
    ///
    /// Throws at the first unknown keyword or format, malformed value, or unresolved reference. The schema retains the
    /// documents that it needs.
    public func compile(_ uri: String, at pointer: String = "") throws(SchemaError) -> Schema {
        guard let location = index.location(of: URIReference(uri), at: pointer) else {
            throw SchemaError(reason: .unresolvedReference, document: uri, pointer: pointer)
        }
        var compiler = Compiler(index: index, formats: formats, interpretation: interpretation)
        return try compiler.schema(at: location)
    }
}

/// The choices that the draft leaves to the implementation.
public enum Interpretation: Sendable {
    /// For our own schemas: unknown keywords and formats are refused, because they are probably misspelt.
    case strict
    /// The default of draft 2020-12, for schemas of others: unknown keywords and formats are annotations (core §4.3.1).
    ///
    /// `dependencies` and `definitions` keep their meaning in earlier drafts.
    case draft
    /// As ``draft``, but strings must have the known formats (validation §7.2).
    case draftAssertingFormats
}

/// The reason and location of an error in a schema.
public struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: Reason
    /// The URI or path of the document.
    public let document: String
    /// The JSON Pointer (RFC 6901) of the keyword or schema in the document.
    public let pointer: String

    public enum Reason: String, Sendable, CaseIterable {
        case unknownKeyword = "unknown_keyword"
        case unknownFormat = "unknown_format"
        /// A value that the draft does not allow for the keyword, or that cannot be checked exactly.
        case malformedKeyword = "malformed_keyword"
        /// A pattern that is not a regular expression of ECMA-262, or cannot be matched in linear time.
        case malformedPattern = "malformed_pattern"
        /// A value other than an object or a Boolean in place of a schema.
        case notASchema = "not_a_schema"
        /// A `$schema` that is neither draft 2020-12 nor a registered meta-schema.
        case unsupportedDialect = "unsupported_dialect"
        /// A required vocabulary that is unknown; the location is in the meta-schema.
        case unknownVocabulary = "unknown_vocabulary"
        /// A reference, or the location to compile, that does not exist.
        case unresolvedReference = "unresolved_reference"
        /// A schema that applies itself to the same value, such as `{"$ref": "#"}`.
        case endlessReference = "endless_reference"
        /// Too many schemas for one value, or too many paths to them, for bounded stack and time.
        case tooComplex = "too_complex"
        /// A document, `$id` or `$anchor` that is already registered.
        case duplicateIdentifier = "duplicate_identifier"
        case duplicateKey = "duplicate_key"
    }

    public var description: String { "\(document)#\(pointer): \(reason.rawValue)" }
}
