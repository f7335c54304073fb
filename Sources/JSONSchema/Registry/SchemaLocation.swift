import JSON

/// A location in a registered document, with its context.
struct SchemaLocation {
    /// The document that owns ``value``.
    let document: Document
    /// The URI or path of the document.
    let documentURI: String
    let value: Value
    /// The JSON Pointer of the location.
    let pointer: String
    /// The scope at the location; for a schema, the scope around the schema.
    var scope: SchemaScope
    /// The active vocabularies. Keywords of others are ignored.
    var vocabularies = Vocabularies.all

    /// A key that is unique for each location.
    struct Identity: Hashable {
        let document: ObjectIdentifier
        let offset: Int
    }

    var identity: Identity { Identity(document: ObjectIdentifier(document), offset: value.offset) }

    func error(_ reason: SchemaError.Reason, at keyword: Keyword? = nil) -> SchemaError {
        let suffix = keyword.map { "/" + $0.rawValue } ?? ""
        return SchemaError(reason: reason, document: documentURI, pointer: pointer + suffix)
    }

    /// The location of a child value.
    func child(_ token: String, _ value: Value) -> SchemaLocation {
        SchemaLocation(
            document: document, documentURI: documentURI, value: value,
            pointer: pointer + "/" + JSONPointer.escaped(token), scope: scope, vocabularies: vocabularies)
    }

    /// The location of the child with a reference token; nil if there is none.
    func descended(by token: String) -> SchemaLocation? {
        if value.kind == .object { return member(token) }
        guard let index = Int(token), String(index) == token else { return nil }
        return value.element(at: index).map { child(token, $0) }
    }

    func member(_ key: String) -> SchemaLocation? {
        var key = key
        return key.withUTF8 { value[$0] }.map { child(key, $0) }
    }

    /// The value of a keyword; nil if the keyword is absent or in no active vocabulary.
    func member(_ keyword: Keyword) -> SchemaLocation? {
        vocabularies.isDisjoint(with: keyword.vocabularies) ? nil : member(keyword.rawValue)
    }

    /// The locations of the elements of an array.
    var elements: [SchemaLocation] { value.elements.enumerated().map { child(String($0), $1) } }

    /// The keys of an object with the locations of their values.
    var members: [(key: String, location: SchemaLocation)] {
        value.members.map { member in
            let key = member.key.string ?? ""
            return (key, child(key, member.value))
        }
    }

    /// The locations of the subschemas under a keyword; none if the value is malformed.
    func subschemas(of keyword: Keyword) -> [SchemaLocation] {
        guard let location = member(keyword) else { return [] }
        switch keyword.form {
        case .schema: return [location]
        case .schemaList: return location.elements
        case .schemaMap: return location.members.map(\.location)
        case .schemaMapWithArrays: return location.members.map(\.location).filter { $0.value.kind != .array }
        default: return []
        }
    }
}
