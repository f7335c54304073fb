import Transcripts

extension Tree {
    /// The value at a JSON Pointer (RFC 6901).
    func value(at pointer: String) -> Tree? {
        Self.tokens(of: pointer).reduce(Optional(self)) { value, token in value?.child(token) }
    }

    /// Returns a copy with another value at a pointer; nil when the pointer leads nowhere.
    func replacing(_ pointer: String, with value: Tree) -> Tree? {
        replacing(Self.tokens(of: pointer)[...], with: value)
    }

    private func replacing(_ tokens: ArraySlice<String>, with value: Tree) -> Tree? {
        guard let token = tokens.first else { return value }
        guard let child = child(token)?.replacing(tokens.dropFirst(), with: value) else { return nil }
        switch self {
        case .array(var elements):
            guard let index = Int(token) else { return nil }
            elements[index] = child
            return .array(elements)
        case .object(var members):
            guard let index = members.firstIndex(where: { $0.key == token }) else { return nil }
            members[index].value = child
            return .object(members)
        default:
            return nil
        }
    }

    private func child(_ token: String) -> Tree? {
        guard case .array(let elements) = self else { return self[token] }
        return Int(token).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    }

    private static func tokens(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
            token.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }
}
