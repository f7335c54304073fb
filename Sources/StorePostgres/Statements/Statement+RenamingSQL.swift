/// The SQL of subjects under other tokens.
///
/// The references take along what belongs to a person. Rows are locked in the order of their keys before they are
/// changed, and the tables follow one another as in other writes, so that no two batches wait for each other in a
/// circle.
extension Statement {
    /// Base A's tables with tokens, in the order of a walk. What is left of a subject in the end comes last.
    static let tokenTables = [
        "person", "deleted_person", "receipt", "request", "cadastro", "blocked_subject", "tombstone",
    ]

    /// Parameters: tokens. Returns those under which anything is kept.
    static let keptTokensSQL =
        tokenTables
        .map { "SELECT token FROM \($0) WHERE token = ANY ($1::bytea[])" }
        .joined(separator: "\nUNION ")

    /// Parameters: the number of a table, a token or nothing, a number. Returns the tokens of that many rows of the table
    /// after the token, in their order; the server looks at no other table.
    static let tokenPageSQL =
        tokenTables.enumerated()
        .map { number, table in
            """
            (
                SELECT token FROM \(table) WHERE ($1::bigint[])[1] = \(number) AND token > ($2::bytea[])[1]
                ORDER BY token LIMIT ($3::bigint[])[1]
            )
            """
        }
        .joined(separator: "\nUNION ALL ")

    /// Parameters: former tokens, new ones. A row whose like is there under the new token stays.
    static let renamePersonsSQL = rename("person")
    static let renameVersionsSQL = rename("deleted_person")
    static let renameReceiptsSQL = rename(
        "receipt", key: ["token", "key"], takenBy: "SELECT token, key FROM receipt", alike: "taken.key = receipt.key")
    /// A debt has one open dispute.
    static let renameRequestsSQL = rename(
        "request", key: ["token", "request_id"],
        takenBy: "SELECT token, debt_id FROM request WHERE kind = 'dispute' AND done_at IS NULL",
        alike: "taken.debt_id = request.debt_id AND request.kind = 'dispute' AND request.done_at IS NULL")
    static let renameCadastrosSQL = rename("cadastro")
    static let renameBlocksSQL = rename("blocked_subject")
    static let renameTombstonesSQL = rename("tombstone")

    /// Of a table with a row for each token.
    private static func rename(_ table: String) -> String {
        rename(table, key: ["token"], takenBy: "SELECT token FROM \(table)", alike: "true")
    }

    /// `key` names a row; `takenBy` finds the rows under the new tokens that let in no row that is `alike`.
    private static func rename(_ table: String, key: [String], takenBy: String, alike: String) -> String {
        let columns = key.map { "\(table).\($0)" }.joined(separator: ", ")
        let heldColumns = key.map { "held.\($0)" }.joined(separator: ", ")
        return """
            WITH held AS MATERIALIZED (
                SELECT \(columns), given.latter
                FROM \(table)
                JOIN unnest($1::bytea[], $2::bytea[]) AS given (former, latter) ON given.former = \(table).token
                WHERE \(table).token = ANY ($1::bytea[])
                ORDER BY \(columns) FOR UPDATE OF \(table)
            ), taken AS MATERIALIZED (
                SELECT * FROM (\(takenBy)) AS kept WHERE token = ANY ($2::bytea[])
            )
            UPDATE \(table) SET token = held.latter FROM held
            WHERE \(table).token = ANY ($1::bytea[]) AND (\(columns)) = (\(heldColumns))
                AND NOT EXISTS (SELECT FROM taken WHERE taken.token = held.latter AND \(alike))
            """
    }
}
