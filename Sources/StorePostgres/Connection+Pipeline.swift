import CLibpq

/// The pipeline of prepared statements. No function here blocks.
extension Connection {
    /// Queues one transaction and its synchronization point; false when libpq refuses it.
    func send(_ statements: [BoundStatement]) -> Bool {
        statements.allSatisfy(send) && PQpipelineSync(handle) == 1
    }

    private func send(_ bound: BoundStatement) -> Bool {
        bound.parameters.withPointers { values, lengths in
            let formats = [Int32](repeating: 1, count: lengths.count)
            return PQsendQueryPrepared(
                handle, bound.statement.name, Int32(lengths.count), values, lengths, formats, 1) == 1
        }
    }

    /// Gives the system what it takes now.
    func flush() -> FlushState {
        switch PQflush(handle) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    enum FlushState: Hashable {
        case done
        /// The rest can go when the socket is writable.
        case pending
        case failed
    }

    /// Reads what has arrived; false when the connection is lost. What came before that can still be taken.
    func consume() -> Bool {
        PQconsumeInput(handle) == 1
    }

    /// The next answer that is there whole; nil when more has to arrive first.
    func nextAnswer() -> Answer<ResultTable>? {
        // A statement's results end with a NULL, which says nothing that the pipeline does not know. Two in a row say
        // that there is nothing to come.
        var isAfterEnd = false
        while PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                if isAfterEnd { return nil }
                isAfterEnd = true
                continue
            }
            return Self.answer(result)
        }
        return nil
    }

    private static func answer(_ result: OpaquePointer) -> Answer<ResultTable>? {
        let table = ResultTable(owning: result)
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return .rows(table)
        case PGRES_PIPELINE_SYNC: return .synchronized
        case PGRES_PIPELINE_ABORTED: return .skipped
        default:
            // Without a state it is libpq's own word that the connection is lost.
            guard let state = SQLState(of: result) else { return nil }
            let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
            return .refused(Refusal(state: state, isFatal: severity != "ERROR"))
        }
    }
}

extension Parameters {
    /// Lends the arrays as libpq takes them: where each begins, and its length in bytes.
    fileprivate func withPointers<R>(_ body: ([UnsafePointer<CChar>?], [Int32]) -> R) -> R {
        bytes.withUnsafeBytes { bytes in
            var starts: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            var start = 0
            for end in ends {
                starts.append(bytes.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) })
                lengths.append(Int32(end - start))
                start = end
            }
            return body(starts, lengths)
        }
    }
}
