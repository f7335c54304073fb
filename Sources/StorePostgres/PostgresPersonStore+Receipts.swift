import Bureau
import Repositories

extension PostgresPersonStore {
    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        guard !keys.isEmpty else { return [] }
        let found = try await perform(.read, keys.statements) { tables throws(UnexpectedValue) in
            try tables[0].receipts()
        }
        return keys.map { found[$0] }
    }
}

extension [RepeatKey] {
    var statements: [BoundStatement] {
        let statement = BoundStatement(.receipts) { parameters in
            parameters.add(self) { $0.token }
            parameters.add(self) { $0.key }
        }
        return [statement]
    }
}

extension ResultTable {
    fileprivate func receipts() throws(UnexpectedValue) -> [RepeatKey: Receipt] {
        var receipts = [RepeatKey: Receipt](minimumCapacity: rowCount)
        for index in 0..<rowCount {
            let row = self[index]
            let key = RepeatKey(token: try row.value(0), key: try row.value(1))
            receipts[key] = Receipt(
                digest: try row.value(2), version: try row.value(3), at: try row.value(4), body: try row.value(5))
        }
        return receipts
    }
}

extension Parameters {
    /// Adds the five arrays of receipts, which are empty for most batches.
    mutating func addReceipts(_ receipts: [NewReceipt]) {
        add(receipts) { $0.key.token }
        add(receipts) { $0.key.key }
        add(receipts) { $0.receipt.digest }
        add(receipts) { $0.receipt.at }
        add(receipts) { $0.receipt.body }
    }
}

extension [NewReceipt] {
    /// The last statement of a batch that writes receipts: it deletes a few that are too old, more than it writes.
    var forgetting: [BoundStatement] {
        guard let latest = map(\.receipt.at).max() else { return [] }
        let statement = BoundStatement(.forgetReceipts) { parameters in
            parameters.add([latest.beforeRetention]) { $0 }
            parameters.add([Int64(2 * count)]) { $0 }
        }
        return [statement]
    }
}
