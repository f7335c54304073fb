import Bureau
import Repositories

/// What shows, later in its transaction, that a write has taken place: see `Statement.logWritesSQL`.
private struct WriteSign {
    let token: SubjectToken
    var state: Sealed?
    var payment: PaymentKey?
    var details: Sealed?
}

extension [PersonCreation] {
    /// Appends to the audit log what was created.
    var logged: [BoundStatement] { map { (WriteSign(token: $0.token, state: $0.state), $0.lines) }.statements }
}

extension [PersonUpdate] {
    /// Appends to the audit log what was updated.
    var logged: [BoundStatement] { map { (WriteSign(token: $0.token, state: $0.state), $0.lines) }.statements }
}

extension [PersonDeletion] {
    /// Appends to the audit log what was deleted.
    var logged: [BoundStatement] { map { (WriteSign(token: $0.token), $0.lines) }.statements }
}

extension [DebtChange] {
    /// Appends to the audit log what was changed.
    var logged: [BoundStatement] { map { (WriteSign(token: $0.token, state: $0.state), $0.lines) }.statements }
}

extension [PaymentChange] {
    /// Appends to the audit log what was recorded.
    var logged: [BoundStatement] {
        map { change in
            (WriteSign(token: change.payment.token, payment: change.payment, details: change.details), change.lines)
        }.statements
    }
}

extension [SubjectReseal] {
    /// Appends to the audit log what was sealed anew.
    var logged: [BoundStatement] {
        flatMap { subject -> [(WriteSign, WriteLines?)] in
            let sign = WriteSign(token: subject.token, state: subject.person.state)
            return subject.lines.map { (sign, WriteLines($0)) }
        }.statements
    }
}

extension [(WriteSign, WriteLines?)] {
    /// The statement; none for writes that leave no mark.
    fileprivate var statements: [BoundStatement] {
        var parts: [RecordID: Int64] = [:]
        var shared: [AuditLine] = []
        var items: [(sign: WriteSign, line: AuditLine, part: Int64)] = []
        for case (let sign, let lines?) in self {
            let part = parts[lines.shared.recordID] ?? Int64(shared.count + 1)
            if part > shared.count {
                parts[lines.shared.recordID] = part
                shared.append(lines.shared)
            }
            items.append((sign, lines.own, part))
        }
        if items.isEmpty { return [] }
        let statement = BoundStatement(.logWrites) { parameters in
            parameters.add(items) { $0.sign.token }
            parameters.add(items) { $0.sign.state }
            parameters.add(items) { $0.sign.payment?.debtID }
            parameters.add(items) { $0.sign.payment?.key }
            parameters.add(items) { $0.sign.details }
            parameters.add(items) { $0.part }
            parameters.addLines(items.map(\.line))
            parameters.addLines(shared)
        }
        return [statement]
    }
}

extension Parameters {
    /// Adds the four arrays of lines.
    mutating func addLines(_ lines: [AuditLine]) {
        add(lines) { $0.recordID }
        add(lines) { $0.at }
        add(lines) { $0.line }
        add(lines) { $0.mac }
    }
}
