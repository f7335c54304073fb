import Encodings

/// What the audit log keeps of a write, so that a former copy that is put back past the daemons is noticed: whose
/// record was written, and which of all its contents it has now. It tells nothing of the content.
public struct WriteMark: Hashable, Sendable {
    /// The record that was written.
    public enum Row: Hashable, Sendable {
        /// The person of base A with the debts, or the profile of base B.
        case subject
        case payment(debtID: RecordID, key: RecordID)
    }

    /// What became of the record.
    public enum State: Hashable, Sendable {
        /// It has the content of this mark, as a version that the writer need not know.
        case present(mark: UInt64, version: Int64?)
        /// It is the record of that version still, sealed anew under a data key of a higher generation.
        case resealed(mark: UInt64, version: Int64, generation: UInt32)
        /// It was deleted, at a version that the writer need not know.
        case absent(version: Int64?)
        /// It is about to be deleted, or was when its daemon ended.
        case leaving
        /// It was about to be deleted, and was not.
        case staying
    }

    public var token: SubjectToken
    public var row: Row
    public var state: State

    public init(token: SubjectToken, row: Row = .subject, state: State) {
        self.token = token
        self.row = row
        self.state = state
    }
}

/// A line of the audit log about writes of one base, beside the records of the accesses.
///
/// Earlier versions pass it over where they list records, and prove it like any other leaf.
public struct WriteRecord: Hashable, Sendable {
    public var recordID: RecordID
    public var at: Instant
    public var base: Base
    /// Whether nothing was written: an operator has accepted what a base has, after a backup was put back.
    public var isAcceptance: Bool
    public var marks: [WriteMark]
    /// Random, and nowhere else: all else but the time lies in the base too, so that the leaf's hash would tell the
    /// time to whoever tries all. Nil in a line of an earlier version.
    public var salt: RecordID?

    public init(
        recordID: RecordID, at: Instant, base: Base, isAcceptance: Bool = false, marks: [WriteMark],
        salt: RecordID? = nil
    ) {
        self.salt = salt
        self.recordID = recordID
        self.at = at
        self.base = base
        self.isAcceptance = isAcceptance
        self.marks = marks
    }

    /// A record of some of these marks, which is another one for each number below 2^62: its identifier is made of this
    /// one's, because a random one takes longer than the rest.
    public func part(_ number: Int, _ marks: [WriteMark]) -> WriteRecord {
        var part = self
        part.recordID = RecordID(high: recordID.high, low: recordID.low ^ UInt64(number + 1))
        part.marks = marks
        return part
    }

    /// The canonical line, without a line feed.
    public var line: [UInt8] {
        var line = AuditRecord.start(recordID, at)
        line.reserveCapacity(128 + 96 * marks.count)
        line += isAcceptance ? Self.accepted : Self.written
        line += base.rawValue.utf8
        line += #"","marks":["#.utf8
        for (index, mark) in marks.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.append(UInt8(ascii: "\""))
            mark.appendText(to: &line)
            line.append(UInt8(ascii: "\""))
        }
        line.append(UInt8(ascii: "]"))
        if let salt {
            line += Self.saltMember
            salt.withText { line += $0 }
            line.append(UInt8(ascii: "\""))
        }
        line.append(UInt8(ascii: "}"))
        return line
    }

    private static let saltMember = Array(#","salt":""#.utf8)
    private static let written = Array(#","written":""#.utf8)
    private static let accepted = Array(#","accepted":""#.utf8)

    /// Whether a line of the log may be one about writes, told quickly.
    public static func isWrites(_ line: [UInt8]) -> Bool {
        guard let rest = AuditRecord.rest(of: line) else { return false }
        return rest.starts(with: written) || rest.starts(with: accepted)
    }

    /// Reads a line; nil unless it is exactly what a record would be written as.
    public init?(line: [UInt8]) {
        guard Self.isWrites(line), let (recordID, at) = AuditRecord.beginning(of: line) else { return nil }
        var rest = line[AuditRecord.start(recordID, at).count...]
        let isAcceptance = rest.starts(with: Self.accepted)
        rest = rest.dropFirst(isAcceptance ? Self.accepted.count : Self.written.count)
        var parts = rest.split(separator: UInt8(ascii: "\""))
        var salt: RecordID?
        // The salt comes behind the marks: its name, a colon, its text and the end.
        if parts.count >= 7, parts[parts.count - 4].elementsEqual("salt".utf8) {
            salt = RecordID(String(decoding: parts[parts.count - 2], as: UTF8.self))
            parts.removeLast(4)
        }
        guard parts.count >= 3, let base = Base(rawValue: String(decoding: parts[0], as: UTF8.self)) else { return nil }
        // Between the marks are commas, and behind the last one the end.
        let marks = stride(from: 4, to: parts.count, by: 2).map { WriteMark(text: parts[$0]) }
        self.init(
            recordID: recordID, at: at, base: base, isAcceptance: isAcceptance, marks: marks.compactMap(\.self),
            salt: salt)
        guard self.line == line else { return nil }
    }
}

/// The text of a mark, with dots between: the token; the mark, a hyphen for none, a question mark for what is leaving,
/// or an exclamation mark for what stays; the version, if it is known; the generation of what was sealed anew, or the
/// two parts of the payment.
extension WriteMark {
    fileprivate func appendText(to text: inout [UInt8]) {
        func add(_ mark: UInt64) {
            text.append(UInt8(ascii: "."))
            withUnsafeBytes(of: mark.bigEndian) { Hexadecimal.append($0, to: &text) }
        }
        func add(_ number: Int64?) {
            text.append(UInt8(ascii: "."))
            if let number { text += "\(number)".utf8 }
        }
        token.appendAuditText(to: &text)
        switch state {
        case .present(let mark, let version):
            add(mark)
            add(version)
        case .resealed(let mark, let version, let generation):
            add(mark)
            add(version)
            add(Int64(generation))
        case .absent(let version):
            text += ".-".utf8
            add(version)
        case .leaving: text += ".?.".utf8
        case .staying: text += ".!.".utf8
        }
        if case .payment(let debtID, let key) = row {
            for id in [debtID, key] {
                text.append(UInt8(ascii: "."))
                id.withText { text += $0 }
            }
        }
    }

    fileprivate init?(text: ArraySlice<UInt8>) {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard 3...6 ~= parts.count, let token = SubjectToken(auditText: parts[0]) else { return nil }
        let version = Int64(String(decoding: parts[2], as: UTF8.self))
        let state: State
        if parts[1].elementsEqual("-".utf8) {
            state = .absent(version: version)
        } else if parts[1].elementsEqual("?".utf8) {
            state = .leaving
        } else if parts[1].elementsEqual("!".utf8) {
            state = .staying
        } else {
            guard let mark = UInt64(String(decoding: parts[1], as: UTF8.self), radix: 16) else { return nil }
            if parts.count.isMultiple(of: 2) {
                guard let version, let generation = UInt32(String(decoding: parts[3], as: UTF8.self)) else {
                    return nil
                }
                state = .resealed(mark: mark, version: version, generation: generation)
            } else {
                state = .present(mark: mark, version: version)
            }
        }
        var row = Row.subject
        if parts.count > 4 {
            guard let debtID = RecordID(String(decoding: parts[parts.count - 2], as: UTF8.self)),
                let key = RecordID(String(decoding: parts[parts.count - 1], as: UTF8.self))
            else { return nil }
            row = .payment(debtID: debtID, key: key)
        }
        self.init(token: token, row: row, state: state)
    }
}

extension WrappedDataKey {
    /// The mark of a record that has a new data key at each write: a part of the key's nonce, which stays when the key
    /// is wrapped anew.
    public var writeMark: UInt64 { bytes.dropFirst(9).writeMark }
}

extension Collection<UInt8> {
    /// The first eight octets of a nonce, which no two contents share.
    public var writeMark: UInt64 { prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
