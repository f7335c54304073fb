import Repositories
import Vault

extension KeyRing {
    /// Loads a base's ring, made when it is not there. (The module of this type's own `Base` cannot be named beside
    /// the class `Vault`, so the cases are matched here, once.)
    static func loadOrCreate(at path: String, of base: Repositories.Base) throws(KeyRingError) -> KeyRing {
        switch base {
        case .a: try loadOrCreate(at: path, base: .a)
        case .b: try loadOrCreate(at: path, base: .b)
        case .c: try loadOrCreate(at: path, base: .c)
        }
    }

    /// Loads a base's ring.
    static func load(from path: String, of base: Repositories.Base) throws(KeyRingError) -> KeyRing {
        switch base {
        case .a: try load(from: path, base: .a)
        case .b: try load(from: path, base: .b)
        case .c: try load(from: path, base: .c)
        }
    }
}
