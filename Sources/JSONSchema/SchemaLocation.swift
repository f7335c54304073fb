import JSON

/// One place in a registered document, with what holds there.
struct SchemaLocation {
    /// Keeps ``value`` valid.
    let document: Document
    /// The URI or path under which the document is registered.
    let documentURI: String
    let value: Value
    /// The JSON Pointer of the place.
    let pointer: String
    /// What holds in this place; if it is a schema's, then around the schema.
    var scope: SchemaScope
    /// By which keywords are looked up.
    var vocabularies = Vocabularies.all

    /// What tells two places apart.
    struct Identity: Hashable {
        let document: ObjectIdentifier
        let offset: Int
    }

    var identity: Identity { Identity(document: ObjectIdentifier(document), offset: value.offset) }

    func error(_ reason: SchemaError.Reason, at keyword: Keyword? = nil) -> SchemaError {
        let place = keyword.map { pointer + "/" + $0.rawValue } ?? pointer
        return SchemaError(reason: reason, document: documentURI, pointer: place)
    }

    /// The place below this one.
    func child(_ token: String, _ value: Value) -> SchemaLocation {
        SchemaLocation(
            document: document, documentURI: documentURI, value: value,
            pointer: pointer + "/" + JSONPointer.escaped(token), scope: scope, vocabularies: vocabularies)
    }

    /// The place to which one reference token leads; nil when there is nothing.
    func descended(by token: String) -> SchemaLocation? {
        if value.kind == .object { return member(token) }
        guard let index = Int(token), String(index) == token else { return nil }
        return value.element(at: index).map { child(token, $0) }
    }

    func member(_ key: String) -> SchemaLocation? {
        var key = key
        return key.withUTF8 { value[$0] }.map { child(key, $0) }
    }

    /// The value of a keyword; nil when there is none, or no vocabulary in use has it.
    func member(_ keyword: Keyword) -> SchemaLocation? {
        vocabularies.isDisjoint(with: keyword.vocabularies) ? nil : member(keyword.rawValue)
    }

    /// The places of an array's elements.
    var elements: [SchemaLocation] { value.elements.enumerated().map { child(String($0), $1) } }

    /// The keys of an object with the places of their values.
    var members: [(key: String, location: SchemaLocation)] {
        value.members.map { member in
            let key = member.key.string ?? ""
            return (key, child(key, member.value))
        }
    }

    /// The places of all schemas that a keyword of this schema holds; none when its value is malformed.
    func subschemas(of keyword: Keyword) -> [SchemaLocation] {
        guard let place = member(keyword) else { return [] }
        switch keyword.subschemas {
        case .none: return []
        case .one: return [place]
        case .list: return place.elements
        case .map: return place.members.map(\.location)
        case .mapWithArrays: return place.members.map(\.location).filter { $0.value.kind != .array }
        }
    }
}
