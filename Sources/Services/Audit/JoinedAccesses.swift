import Bureau

/// Accesses that are lines of their own in the journal and become one record of the audit log.
///
/// A call that comes alone leaves a line, and a record costs base A as much as a hundred subjects do. So accesses that
/// are alike but for their subjects become one record when they were made within a tenth of a second.
///
/// Which lines are joined depends on them alone, and a record's identifier is made of all of theirs: what is carried
/// once more after a crash is the same record, and other records never pass for it. So whoever changes what is joined, or
/// how much of a journal is read at a time, has accesses told twice whose carrying a crash of the former program cut
/// short; none is lost.
struct JoinedAccesses {
    /// The time from the first access of a record to the last.
    fileprivate static let microseconds: Int64 = 100_000
    /// A longer line is of a group of calls, and stays as it is.
    private static let mostBytes = 1024

    /// The lines as they are, and the records of those that others were joined with.
    private var records: [(line: [UInt8], joined: AuditRecord?)] = []
    /// The last record of accesses that are alike.
    private var last: [AuditRecord: (index: Int, record: AuditRecord)] = [:]

    /// Joins what can be joined of neighbouring lines, in the order of the first accesses.
    static func lines(of journal: [[UInt8]]) -> [[UInt8]] {
        var accesses = JoinedAccesses()
        for line in journal { accesses.add(line) }
        return accesses.records.map { $0.joined?.line ?? $0.line }
    }

    private mutating func add(_ line: [UInt8]) {
        guard line.count <= Self.mostBytes, let record = AuditRecord(line: line), record.isJoinable else {
            records.append((line, nil))
            return
        }
        let common = record.common
        if let (index, former) = last[common], let joined = former.joined(with: record) {
            records[index].joined = joined
            last[common] = (index, joined)
        } else {
            last[common] = (records.count, record)
            records.append((line, nil))
        }
    }
}

extension AuditRecord {
    /// Whether it is of an access that was granted, to base B or C: those to base A lie in their transactions.
    fileprivate var isJoinable: Bool { outcome == .granted && (base == .b || base == .c) }

    /// What is the same in the records that are joined.
    fileprivate var common: AuditRecord {
        var common = self
        (common.recordID, common.at) = (RecordID(high: 0, low: 0), .first)
        (common.count, common.subjects) = (0, [])
        return common
    }

    /// Returns the record of these accesses and later ones; nil when they are too many, or too late.
    fileprivate func joined(with other: AuditRecord) -> AuditRecord? {
        let later = other.at.microsecondsSinceEpoch - at.microsecondsSinceEpoch
        guard 0..<JoinedAccesses.microseconds ~= later, subjects.count + other.subjects.count <= Self.mostSubjects
        else { return nil }
        var joined = self
        joined.recordID = recordID.joined(with: other.recordID)
        joined.count += other.count
        joined.subjects += other.subjects
        return joined
    }
}

extension AuditLine {
    /// The latest that an access of an opened line may have been made.
    var lastAccess: Instant {
        guard recordID.isJoined else { return at }
        return Instant(microsecondsSinceEpoch: at.microsecondsSinceEpoch + JoinedAccesses.microseconds - 1) ?? at
    }
}

extension Instant {
    /// The earliest time of a record one of whose accesses may have been made now.
    var firstAccess: Instant {
        Instant(microsecondsSinceEpoch: microsecondsSinceEpoch - JoinedAccesses.microseconds + 1) ?? self
    }
}

extension RecordID {
    /// Whether the identifier is of a joined record: a UUID of version 8 (RFC 9562 §5.8). Others are of version 4.
    fileprivate var isJoined: Bool { high & 0xF000 == 0x8000 }

    /// An identifier as random as both, in the form of a UUID of version 8.
    fileprivate func joined(with other: RecordID) -> RecordID {
        let (version, variant): (UInt64, UInt64) = (0x8000, 0x8000_0000_0000_0000)
        return RecordID(
            high: (high ^ other.high) & ~0xF000 | version, low: (low ^ other.low) & ~0xC000_0000_0000_0000 | variant)
    }
}
