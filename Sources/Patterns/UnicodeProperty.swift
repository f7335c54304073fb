/// What `\p{…}` asks of a scalar, by the names that ECMA-262 §22.2.1.10 allows, which must be spelt exactly so.
enum UnicodeProperty: Hashable, Sendable {
    case generalCategory(name: String)
    case binary(name: String)
    case script(name: String)
    /// Script_Extensions: the scripts that a scalar is used in.
    case scriptExtensions(name: String)

    init?(_ name: String, value: String?) {
        switch (name, value) {
        case ("General_Category", let value?), ("gc", let value?):
            guard Unicode.GeneralCategory.named(value) != nil else { return nil }
            self = .generalCategory(name: value)
        case ("Script", let value?), ("sc", let value?):
            guard Self.scriptNames.contains(value) else { return nil }
            self = .script(name: value)
        case ("Script_Extensions", let value?), ("scx", let value?):
            guard Self.scriptNames.contains(value) else { return nil }
            self = .scriptExtensions(name: value)
        case (_, nil) where Unicode.GeneralCategory.named(name) != nil:
            self = .generalCategory(name: name)
        case (_, nil) where Self.binaryNames.contains(name):
            self = .binary(name: name)
        default:
            return nil
        }
    }

    /// The scalars that have the property; nil when the standard library has no table of it. It takes some 20 ms,
    /// and 70 for a script.
    var scalars: ScalarSet? {
        switch self {
        case .generalCategory(let name):
            guard let categories = Unicode.GeneralCategory.named(name) else { return nil }
            return ScalarSet { categories.contains($0.generalCategory) }
        case .binary(let name):
            return Self.fixedSet(name) ?? Self.predicate(name).map(ScalarSet.init(where:))
        case .script(let name):
            return Self.scalars(ofScript: name, by: "Script")
        case .scriptExtensions(let name):
            return Self.scalars(ofScript: name, by: "Script_Extensions")
        }
    }
}
