import Bureau
import Platform
import Repositories
import Vault

/// The floors of a machine's records in a file that all of its processes map, so that they outlive each of them.
///
/// A record lies in one set of four entries, by a part of its name. An entry has four words: the rest of the name
/// exclusive-or the next two, the version, the time, and the writes under way. Nobody locks anything: of an entry that
/// two processes write at once the words belong to no record, so that a raise may be lost, and no false one is read.
///
/// A full set lets go of the record with the lowest version. One at version 1, of which there is no former copy, takes
/// the place of its like alone: whoever walks over everybody displaces nothing.
public final class FloorTable: VersionFloors {
    private static let entriesInSet = 4
    private static let wordsInEntry = 4
    /// The places of the words behind the name's.
    private static let (versionWord, timeWord, underWayWord) = (1, 2, 3)

    private let words: MappedWords
    private let setCount: Int

    /// Opens the file of the processes that serve the log of `keys`, in a folder that is there, and makes it when it is
    /// missing or no such file; `isReplaced` tells the latter. `errno` of the call that failed. `sets` is a power of 2.
    public convenience init(
        folder: String, keys: AuditKeys, sets: Int = FloorTable.sets, now: Instant
    ) throws(MappedFileError) {
        try self.init(path: "\(folder)/\(keys.verifier.name)-floors", sets: sets, now: now)
    }

    /// The sets of a file: 8 MiB of entries.
    public static let sets = 1 << 16

    init(path: String, sets: Int, now: Instant) throws(MappedFileError) {
        let header = FloorHeader(sets: sets)
        let count = FloorHeader.wordCount + sets * Self.entriesInSet * Self.wordsInEntry
        self.words = try MappedWords(
            path: path, count: count, beginning: header.beginning(now: now), isSame: header.isSame)
        setCount = sets
        // A file that was copied to another machine, or with it, is that machine's now; its clock is another one.
        let boot = MachineBoot.identifier
        let change = words.change(FloorHeader.bootWord) { _ in boot }
        if change.former != change.present {
            words[FloorHeader.machineWord] = .random(in: .min ... .max)
        }
    }

    /// Whether what lay under the name was no such file, and was replaced.
    public var isReplaced: Bool { words.isReplaced }

    public func floor(of name: FloorName) -> Floor? { find(name)?.floor }

    public func raise(_ name: FloorName, to content: Floor) { put(name, content) { $0.raised(to: content) } }

    public func set(_ name: FloorName, to content: Floor) { put(name, content) { $0.replaced(by: content) } }

    public func begin(_ name: FloorName, at time: UInt64) {
        guard let entry = find(name)?.entry ?? room(for: name, Floor(.none)) else { return }
        words.change(entry + Self.underWayWord) { WritesUnderWay.begun(at: time, $0) }
    }

    public func end(_ name: FloorName, at time: UInt64) {
        guard let entry = find(name)?.entry else { return }
        words.change(entry + Self.underWayWord) { WritesUnderWay.ended(at: time, $0) }
    }

    /// Puts a content in the place of what the record has, by `change`, or of what may go when it has nothing.
    private func put(_ name: FloorName, _ content: Floor, change: (Floor) -> Floor?) {
        guard let (entry, floor) = find(name) else {
            room(for: name, content)
            return
        }
        if let changed = change(floor) { put(name, changed, at: entry) }
    }

    /// Makes an entry of a content where another one may go; nil where none may.
    @discardableResult
    private func room(for name: FloorName, _ content: Floor) -> Int? {
        guard let lowest = entries(of: name).min(by: { version(at: $0).bits < version(at: $1).bits }),
            content.version.version > 1 || version(at: lowest).version <= 1
        else { return nil }
        words[lowest + Self.underWayWord] = 0
        put(name, content, at: lowest)
        return lowest
    }

    /// The entry of a record. Each word is read once, since another record may take the entry at any moment.
    private func find(_ name: FloorName) -> (entry: Int, floor: Floor)? {
        for entry in entries(of: name) {
            let (version, time) = (version(at: entry), words[entry + Self.timeWord])
            guard version.bits != 0, words[entry] ^ version.bits ^ time == name.low else { continue }
            var floor = Floor(version, written: SeenTime(bits: time))
            floor.underWay = WritesUnderWay(bits: words[entry + Self.underWayWord])
            return (entry, floor)
        }
        return nil
    }

    private func version(at entry: Int) -> SeenVersion { SeenVersion(bits: words[entry + Self.versionWord]) }

    private func put(_ name: FloorName, _ content: Floor, at entry: Int) {
        let time = content.written?.bits ?? 0
        words[entry] = name.low ^ content.version.bits ^ time
        words[entry + Self.versionWord] = content.version.bits
        words[entry + Self.timeWord] = time
    }

    /// The first words of the entries of a record's set.
    private func entries(of name: FloorName) -> StrideTo<Int> {
        let set = Int(truncatingIfNeeded: name.high) & (setCount - 1)
        let start = FloorHeader.wordCount + set * Self.entriesInSet * Self.wordsInEntry
        return stride(from: start, to: start + Self.entriesInSet * Self.wordsInEntry, by: Self.wordsInEntry)
    }

    public var machine: UInt32 { UInt32(truncatingIfNeeded: words[FloorHeader.machineWord]) }

    public func nextStamp(notBefore time: UInt64) -> WriteStamp? {
        if words[FloorHeader.lastTimeWord] > time &+ SeenTime.clockDifference {
            // The clock was set back by more than machines may differ: the times ahead are another machine's from now
            // on.
            words[FloorHeader.machineWord] = .random(in: .min ... .max)
            words[FloorHeader.lastTimeWord] = 0
        }
        let machine = machine
        return WriteStamp(
            time: words.change(FloorHeader.lastTimeWord) { max($0 &+ 1, time) }.present, machine: machine)
    }

    public var heeded: Acceptance {
        Acceptance(
            leaf: Int64(bitPattern: words[FloorHeader.leafWord]),
            at: Instant(microsecondsSinceEpoch: Int64(bitPattern: words[FloorHeader.timeWord])) ?? .first)
    }

    public func forgetAll(heeding acceptance: Acceptance) {
        for word in FloorHeader.wordCount..<words.count where words[word] != 0 { words[word] = 0 }
        words[FloorHeader.leafWord] = UInt64(bitPattern: acceptance.leaf)
        words[FloorHeader.timeWord] = UInt64(bitPattern: acceptance.at.microsecondsSinceEpoch)
    }
}

/// How a file of floors begins: what it is, in which form, which acceptance was heeded, whose it is, and the last time
/// that was given.
private struct FloorHeader {
    static let wordCount = 8
    static let timeWord = 3
    static let leafWord = 4
    static let machineWord = 5
    static let lastTimeWord = 6
    static let bootWord = 7
    /// By how much the clocks of machines may differ, in microseconds.
    static let clockSkew = Instant.microsecondsInDay

    private static let magic: UInt64 = 0x6372_6564_6974_6466
    private static let layout: UInt64 = 2

    private let words: [UInt64]

    init(sets: Int) {
        let form = Self.layout << 32 | UInt64(sets)
        words = [Self.magic, form, ~(Self.magic ^ form)]
    }

    /// The words of a new file. What was accepted before counts for nothing: there is nothing yet that it could end.
    func beginning(now: Instant) -> [UInt64] {
        words + [
            UInt64(bitPattern: now.microsecondsSinceEpoch - Self.clockSkew), 0, UInt64.random(in: .min ... .max),
        ]
    }

    /// Whether a file begins with this header, apart from what each file has of its own.
    func isSame(as beginning: [UInt64]) -> Bool { beginning.starts(with: words) }
}
