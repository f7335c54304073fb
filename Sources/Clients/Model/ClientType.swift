import JSON

/// The type of a value, in the terms that languages with structural types share.
public indirect enum ClientType: Hashable, Sendable {
    case any, null, boolean, integer, number, string
    /// One of these values.
    case literals([Literal])
    /// A declaration of the same file.
    case named(String)
    case list(ClientType)
    /// An object of any keys, whose values are of one type.
    case map(ClientType)
    case union([ClientType])

    /// A value that a schema names.
    public enum Literal: Hashable, Sendable {
        case string(String)
        case integer(Int64)
        case boolean(Bool)
        case null
    }

    /// One type for several: `any` takes in all others, and what comes twice is told once.
    static func either(_ types: [ClientType]) -> ClientType {
        var parts: [ClientType] = []
        for type in types {
            let inner = if case .union(let more) = type { more } else { [type] }
            for part in inner where !parts.contains(part) { parts.append(part) }
        }
        if parts.contains(.any) { return .any }
        return parts.count == 1 ? parts[0] : .union(parts)
    }
}

/// A member of an object, or a parameter.
public struct ClientField: Sendable {
    let name: String
    let type: ClientType
    let isRequired: Bool
    let text: String?
}

/// A type with a name.
public struct ClientDeclaration: Sendable {
    public enum Shape: Sendable {
        case record([ClientField])
        case alias(ClientType)
    }

    public let name: String
    let text: String?
    let shape: Shape
}
