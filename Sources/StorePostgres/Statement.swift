/// The statements of base A, prepared once for each connection.
///
/// Each works on a whole batch: its parameters are arrays, which `unnest` turns into rows. Where a statement joins such
/// rows to a table, it also names the tokens by `ANY`, so that whatever plan is chosen reaches the table by its index.
enum Statement: String, CaseIterable, Sendable {
    case audit
    case read
    case create
    case lock
    case update
    case delete
    case findDebts
    case addDebts
    case replaceDebts
    case removeDebts

    /// The name under which it is prepared.
    var name: String { "creditd_" + rawValue }

    var sql: String {
        switch self {
        case .audit: Self.auditSQL
        case .read: Self.readSQL
        case .create: Self.createSQL
        case .lock: Self.lockSQL
        case .update: Self.updateSQL
        case .delete: Self.deleteSQL
        case .findDebts: Self.findDebtsSQL
        case .addDebts: Self.addDebtsSQL
        case .replaceDebts: Self.replaceDebtsSQL
        case .removeDebts: Self.removeDebtsSQL
        }
    }
}

/// A statement with its parameters.
struct BoundStatement: Sendable {
    let statement: Statement
    let parameters: Parameters

    init(_ statement: Statement, _ fill: (inout Parameters) -> Void) {
        var parameters = Parameters()
        fill(&parameters)
        self.statement = statement
        self.parameters = parameters
    }
}
