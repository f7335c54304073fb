import Bureau
import Repositories
import Vault

/// A write of base A whose mark the audit log gets.
protocol MarkedWrite: LoggedWrite {
    /// What the record is once the write has taken place; nil for a write that leaves no mark.
    var mark: WriteMark? { get }
    /// The generation of the data key that has sealed what is written.
    var generation: UInt32 { get }
}

extension PersonCreation: MarkedWrite {
    var generation: UInt32 { dataKey.generation ?? 0 }

    var mark: WriteMark? {
        // The store alone knows the version of a person who was deleted before.
        state.map { WriteMark(token: token, state: .present(mark: $0.nonce.writeMark, version: nil)) }
    }
}

extension PersonUpdate: MarkedWrite {
    var generation: UInt32 { dataKey.generation ?? 0 }

    var mark: WriteMark? {
        state.map {
            WriteMark(token: token, state: .present(mark: $0.nonce.writeMark, version: expectedVersion + 1))
        }
    }
}

extension PersonDeletion: MarkedWrite {
    var generation: UInt32 { 0 }

    var mark: WriteMark? { WriteMark(token: token, state: .absent(version: expectedVersion)) }
}

extension DebtChange: MarkedWrite {
    var generation: UInt32 { dataKey.generation ?? 0 }

    var mark: WriteMark? {
        let version =
            switch action {
            case .add(_, let version), .replace(_, _, let version), .remove(_, _, let version): version
            }
        return state.map {
            WriteMark(token: token, state: .present(mark: $0.nonce.writeMark, version: version.map { $0 + 1 }))
        }
    }
}

extension PaymentChange: MarkedWrite {
    var generation: UInt32 { dataKey.generation ?? 0 }

    var mark: WriteMark? {
        let version =
            switch action {
            case .add: 1 as Int64
            case .replace(let expectedVersion): expectedVersion + 1
            }
        return WriteMark(
            token: payment.token, row: .payment(debtID: payment.debtID, key: payment.key),
            state: .present(mark: details.nonce.writeMark, version: version))
    }
}

/// What the audit log gets of writes beside the accesses: marks, by which a former copy of a record is told from the
/// latest one (`WriteCheck`).
extension AuditTrail {
    /// The marks of one line at most, so that it is short of 6 KiB.
    fileprivate static let marksInRecord = 32

    /// Gives writes of base A the lines that are kept in their transaction when they take place.
    func logged<Write: MarkedWrite>(_ writes: [Write]) -> [Write] {
        var writes = writes
        let marked = writes.enumerated().compactMap { index, write in write.mark.map { (index: index, mark: $0) } }
        for start in stride(from: 0, to: marked.count, by: Self.marksInRecord) {
            let part = marked[start..<min(start + Self.marksInRecord, marked.count)]
            let record = record(of: part.map(\.mark), in: .a)
            let shared = keys.line(of: record)
            for (index, mark) in part {
                writes[index].lines = WriteLines(shared: shared, sharedCount: part.count) { [keys] in
                    keys.line(of: record.part(index, [mark]))
                }
            }
        }
        return writes
    }

    /// Records in the journal what became of profiles, or is going to. Written behind a write, it changes nothing of
    /// its answer when it fails: the profile is then newer than the log tells.
    func journal(_ marks: [WriteMark], in base: Base) throws(ServiceError) {
        let lines = stride(from: 0, to: marks.count, by: Self.marksInRecord).map { start in
            record(of: Array(marks[start..<min(start + Self.marksInRecord, marks.count)]), in: base).line
        }
        if !lines.isEmpty { try journal(lines: lines) }
    }

    /// The lines by which what a base has is accepted as the latest.
    func acceptances(of marks: [WriteMark], in base: Base) -> [AuditLine] {
        keys.lines(
            of: stride(from: 0, to: marks.count, by: Self.marksInRecord).map { start in
                var record = record(
                    of: Array(marks[start..<min(start + Self.marksInRecord, marks.count)]), in: base)
                record.isAcceptance = true
                return record
            })
    }

    /// The line that tells when what the bases have was accepted, whatever it was.
    func acceptance(_ recordID: RecordID, at: Instant) -> [AuditLine] {
        let record = WriteRecord(
            recordID: recordID, at: at, base: .a, isAcceptance: true, marks: [], salt: self.recordID())
        return keys.lines(of: [record])
    }

    /// The lines by which the audit log knows erasures, by the tombstones of base A.
    func lines(of tombstones: [Tombstone]) -> [AuditLine] {
        let at = stamps.now()
        return keys.lines(of: tombstones.map { TombstoneRecord(recordID: recordID(), at: at, tombstone: $0) })
    }

    private func record(of marks: [WriteMark], in base: Base) -> WriteRecord {
        WriteRecord(recordID: recordID(), at: stamps.now(), base: base, marks: marks, salt: recordID())
    }
}

extension SubjectReseal {
    /// The subject with what the audit log gets: the marks of all that is sealed anew, whose versions stay.
    func logged(by keys: AuditKeys) -> SubjectReseal {
        guard let state = person.state, let generation = person.dataKey.generation else { return self }
        func mark(_ sealed: Sealed, version: Int64) -> WriteMark.State {
            .resealed(mark: sealed.nonce.writeMark, version: version, generation: generation)
        }
        let marks =
            [WriteMark(token: token, state: mark(state, version: person.version))]
            + parts.payments.map { payment in
                WriteMark(
                    token: token, row: .payment(debtID: payment.debtID, key: payment.key),
                    state: mark(payment.details, version: payment.version))
            }
        var subject = self
        subject.lines = keys.lines(
            of: stride(from: 0, to: marks.count, by: AuditTrail.marksInRecord).map { start in
                WriteRecord(
                    recordID: Stamps.system.randomID(), at: Stamps.system.now(), base: .a,
                    marks: Array(marks[start..<min(start + AuditTrail.marksInRecord, marks.count)]),
                    salt: Stamps.system.randomID())
            })
        return subject
    }
}
