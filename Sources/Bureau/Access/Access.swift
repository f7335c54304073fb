/// Why one access is made, and what it is about.
///
/// Copies share what they say, because each call of a group has one, and mostly all have the same.
public struct Access: Hashable, Sendable {
    private struct Statement: Hashable {
        var method: String
        var purpose: Purpose?
        var requester: String?
        var groups: FieldGroups
        var duty: Duty?
        var isByAssistant = false
    }

    private final class Shared: Sendable {
        let statement: Statement

        init(_ statement: Statement) { self.statement = statement }
    }

    private var shared: Shared
    private var statement: Statement {
        get { shared.statement }
        set { shared = Shared(newValue) }
    }

    /// The name of the method, such as `person.get`.
    public var method: String { statement.method }
    /// Nil for a write, and for a read that states none.
    public var purpose: Purpose? {
        get { statement.purpose }
        set { statement.purpose = newValue }
    }
    /// The organisation that the access is made for.
    public var requester: String? {
        get { statement.requester }
        set { statement.requester = newValue }
    }
    /// What the method shows, or changes when it writes.
    public var groups: FieldGroups {
        get { statement.groups }
        set { statement.groups = newValue }
    }
    /// The duty that the method is part of; nil for reads and writes of the data themselves.
    public var duty: Duty? {
        get { statement.duty }
        set { statement.duty = newValue }
    }
    /// Whether an assistant asks over the Model Context Protocol, as the audit log then tells.
    public var isByAssistant: Bool {
        get { statement.isByAssistant }
        set { statement.isByAssistant = newValue }
    }

    public init(
        method: String, purpose: Purpose? = nil, requester: String? = nil, groups: FieldGroups, duty: Duty? = nil
    ) {
        shared = Shared(
            Statement(method: method, purpose: purpose, requester: requester, groups: groups, duty: duty))
    }

    public static func == (one: Access, other: Access) -> Bool {
        one.shared === other.shared || one.statement == other.statement
    }

    public func hash(into hasher: inout Hasher) { statement.hash(into: &hasher) }

    /// The base that the method is about.
    public var base: Base {
        switch method.prefix(while: { $0 != "." }) {
        case "profile", "score": .b
        case "event": .c
        default: .a
        }
    }
}

/// One subject to be read, and why.
public struct SubjectRead: Hashable, Sendable {
    public var cpf: CPF
    public var access: Access

    public init(cpf: CPF, access: Access) {
        self.cpf = cpf
        self.access = access
    }
}
