/// The line of an audit record of accesses, one to each of its subjects, cut at what differs between such lines.
///
/// Reads neither what is common to such lines nor a subject, because a busy journal has a million subjects a second.
public struct AccessLine {
    /// The letters of a subject, which are those of `AuditSubject.half`.
    public struct Subject: Equatable, Sendable {
        fileprivate static let count = 22

        /// The letters in three words; the last two overlap.
        fileprivate let words: (UInt64, UInt64, UInt64)

        /// Eight of the letters: a subject is the first half of a MAC, so that they are as random as all.
        public var letters: UInt64 { words.1 }

        fileprivate init(_ letters: UnsafeRawPointer) {
            words = (
                letters.loadUnaligned(as: UInt64.self), letters.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                letters.loadUnaligned(fromByteOffset: Self.count - 8, as: UInt64.self)
            )
        }

        public static func == (one: Subject, other: Subject) -> Bool { one.words == other.words }

        fileprivate func append(to line: inout [UInt8]) {
            withUnsafeTemporaryAllocation(byteCount: Self.count, alignment: 1) { letters in
                letters.storeBytes(of: words.0, as: UInt64.self)
                letters.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
                letters.storeBytes(of: words.2, toByteOffset: Self.count - 8, as: UInt64.self)
                line += letters
            }
        }
    }

    /// The quotes of a subject's text, and the comma behind it.
    private static let elementBytes = Subject.count + 3

    public let line: [UInt8]
    public let recordID: RecordID
    public let at: Instant
    /// What stands between the time and the count: who made the accesses, how, why, and what became of them.
    public let common: ArraySlice<UInt8>
    public let count: Int
    /// Where the first subject begins.
    private let subjectsStart: Int

    /// Nil for any other line, and for one whose subjects are whole tokens.
    public init?(_ line: [UInt8]) {
        guard let (recordID, at) = AuditRecord.beginning(of: line), let rest = AuditRecord.rest(of: line),
            let countStart = rest.start(of: #","count":"#)
        else { return nil }
        let digits = rest[(countStart + 9)...].prefix { $0 != UInt8(ascii: ",") }
        let subjects = rest[digits.endIndex...]
        let (opening, closing): (StaticString, StaticString) = (#","subjects":["#, "]}")
        guard let count = Int(String(decoding: digits, as: UTF8.self)), count > 0,
            subjects.starts(with: opening.bytes), subjects.suffix(2).elementsEqual(closing.bytes),
            subjects.count == opening.utf8CodeUnitCount + Self.elementBytes * count - 1 + closing.utf8CodeUnitCount
        else { return nil }
        (self.line, self.recordID, self.at, self.count) = (line, recordID, at, count)
        common = rest[..<countStart]
        subjectsStart = subjects.startIndex + opening.utf8CodeUnitCount
        let hasQuotes = (0..<count).allSatisfy { index in
            let start = subjectsStart + Self.elementBytes * index
            return line[start] == UInt8(ascii: "\"") && line[start + Subject.count + 1] == UInt8(ascii: "\"")
        }
        guard hasQuotes else { return nil }
    }

    /// Calls `body` with each subject in its order.
    public func forEachSubject(_ body: (Subject) -> Void) {
        line.withUnsafeBytes { line in
            guard let start = line.baseAddress else { return }
            for index in 0..<count { body(Subject(start + subjectsStart + Self.elementBytes * index + 1)) }
        }
    }

    /// The line of accesses that have the same in common, so many to each subject.
    public func line(
        as recordID: RecordID, of subjects: some Collection<(subject: Subject, times: Int)>
    ) -> [UInt8] {
        var line = AuditRecord.start(recordID, at)
        line.reserveCapacity(line.count + common.count + 32 * subjects.count + 64)
        line += common
        line += #","count":\#(subjects.reduce(0) { $0 + $1.times }),"subjects":["#.utf8
        for (subject, _) in subjects {
            line.append(UInt8(ascii: "\""))
            subject.append(to: &line)
            line += "\",".utf8
        }
        line.removeLast()
        line.append(UInt8(ascii: "]"))
        AuditRecord.append(times: subjects.lazy.map(\.times), to: &line)
        line.append(UInt8(ascii: "}"))
        return line
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

extension ArraySlice<UInt8> {
    /// Where a text begins whose first byte is rare; nil when it is not here.
    fileprivate func start(of text: StaticString) -> Int? {
        indices.first { self[$0] == text.utf8Start[0] && self[$0...].starts(with: text.bytes) }
    }
}
