import Bureau

/// Accesses that are lines of the journal and become one record of the audit log.
///
/// A record costs base A as much as a hundred subjects do, and a subject that is read again and again as much as many.
/// So accesses that are alike but for their subjects become one record when they were made within a tenth of a second:
/// it names each subject once, and tells how often it was accessed. A line that nothing is joined with stays as it is.
///
/// Which lines are joined depends on them alone, and a record's identifier is made of all of theirs: what is carried
/// once more after a crash is the same record, and other records never pass for it. So whoever changes what is joined,
/// or how much of a journal is read at a time, has accesses told twice whose carrying a crash of the former program cut
/// short; none is lost.
struct JoinedAccesses {
    /// The time from the first access of a record to the last.
    fileprivate static let microseconds: Int64 = 100_000

    private enum Place {
        case line([UInt8])
        case window(Int)
    }

    /// In the order of the journal, each window where its first line was.
    private var places: [Place] = []
    private var windows: [AccessWindow] = []
    /// The last window of accesses that are alike, by what their lines have in common.
    private var last: [ArraySlice<UInt8>: Int] = [:]
    /// Whether lines that have this in common are joined.
    private var joinable: [ArraySlice<UInt8>: Bool] = [:]

    /// Joins what can be joined, in the order of the first accesses.
    static func lines(of journal: [[UInt8]]) -> [[UInt8]] {
        var accesses = JoinedAccesses()
        for line in journal { accesses.add(line) }
        return accesses.places.flatMap { place in
            switch place {
            case .line(let line): [line]
            case .window(let index): accesses.windows[index].lines
            }
        }
    }

    private mutating func add(_ line: [UInt8]) {
        guard let access = AccessLine(line), isJoinable(access) else {
            places.append(.line(line))
            return
        }
        if let index = last[access.common], windows[index].add(access) { return }
        last[access.common] = windows.count
        places.append(.window(windows.count))
        windows.append(AccessWindow(access))
    }

    /// Whether a line is of accesses that were granted, to base B or C: those to base A lie in their transactions.
    ///
    /// The first line with something in common is read whole. The others are of the same journal, whose chain proves
    /// that a program has written them, too.
    private mutating func isJoinable(_ access: AccessLine) -> Bool {
        if let known = joinable[access.common] { return known }
        let record = AuditRecord(line: access.line)
        let isJoinable = record.map { $0.outcome == .granted && ($0.base == .b || $0.base == .c) } ?? false
        joinable[access.common] = isJoinable
        return isJoinable
    }
}

/// Alike accesses of a tenth of a second.
private struct AccessWindow {
    /// The subjects of a record that tells how often each was accessed. With 25 letters for each, three digits of its
    /// count and a comma, it takes 3 480 of the 4 061 bytes that a page of SQLite has for a row.
    private static let mostSubjectsWithTimes = 120

    private let first: AccessLine
    private var recordID: RecordID
    private var isJoined = false
    private var subjects = CountedSubjects()

    init(_ first: AccessLine) {
        self.first = first
        recordID = first.recordID
        first.forEachSubject { subjects.add($0) }
    }

    /// Adds accesses; false when they are too late.
    mutating func add(_ access: AccessLine) -> Bool {
        let later = access.at.microsecondsSinceEpoch - first.at.microsecondsSinceEpoch
        guard 0..<JoinedAccesses.microseconds ~= later else { return false }
        recordID = recordID.joined(with: access.recordID)
        isJoined = true
        access.forEachSubject { subjects.add($0) }
        return true
    }

    /// The one line as it was, or those of the joined records.
    var lines: [[UInt8]] {
        guard isJoined else { return [first.line] }
        let most = subjects.areRepeated ? Self.mostSubjectsWithTimes : AuditRecord.mostSubjects
        return stride(from: 0, to: subjects.list.count, by: most).map { start in
            first.line(
                as: recordID.part(start / most), of: subjects.list[start..<min(start + most, subjects.list.count)])
        }
    }
}

/// Subjects in the order in which each first came, and how often each came.
///
/// A table of its own, because a busy journal has a million subjects a second, each of which is random already.
private struct CountedSubjects {
    private(set) var list: [(subject: AccessLine.Subject, times: Int)] = []
    private(set) var areRepeated = false
    /// Indices of the list, and -1: a table with open addressing of which an eighth to a half is used.
    private var slots = [Int32](repeating: -1, count: 16)

    mutating func add(_ subject: AccessLine.Subject) {
        let slot = slot(of: subject)
        let index = Int(slots[slot])
        if index >= 0 {
            list[index].times += 1
            areRepeated = true
            return
        }
        slots[slot] = Int32(list.count)
        list.append((subject, 1))
        if 2 * list.count > slots.count { grow() }
    }

    /// The slot that a subject has, or would take.
    private func slot(of subject: AccessLine.Subject) -> Int {
        // Fibonacci hashing: six bits of each letter are random, of which the upper bits of a product depend on all.
        let bits = slots.count.trailingZeroBitCount
        var slot = Int((subject.letters &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
        while slots[slot] >= 0, list[Int(slots[slot])].subject != subject { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 4 * slots.count)
        for index in list.indices { slots[slot(of: list[index].subject)] = Int32(index) }
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

    /// The identifier of a part of what this one stands for, itself for the first part.
    fileprivate func part(_ index: Int) -> RecordID { RecordID(high: high, low: low ^ UInt64(index)) }
}
