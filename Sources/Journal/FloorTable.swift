import Bureau
import Platform
import Repositories
import Vault

/// The floors of a machine's records in a file that all of its processes map, so that they outlive each of them.
///
/// A record lies in one set of four entries, by a part of its name. An entry has two words: the version, and the rest
/// of the name exclusive-or the version. Nobody locks anything: of an entry that two processes write at once the words
/// belong to no record, so that a raise may be lost, and no false one is read.
///
/// A full set lets go of the record with the lowest version. One at version 1, of which there is no former copy, takes
/// the place of its like alone: whoever walks over everybody displaces nothing.
public final class FloorTable: VersionFloors {
    /// The entries of a set: four of 16 bytes are a cache line.
    private static let entriesInSet = 4
    private static let wordsInEntry = 2

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
    public static let sets = 1 << 17

    init(path: String, sets: Int, now: Instant) throws(MappedFileError) {
        let header = FloorHeader(sets: sets)
        // What was accepted before counts for nothing: there is nothing yet that it could end.
        let words = header.words + [UInt64(bitPattern: now.microsecondsSinceEpoch - FloorHeader.clockSkew)]
        let count = FloorHeader.wordCount + sets * Self.entriesInSet * Self.wordsInEntry
        self.words = try MappedWords(path: path, count: count, beginning: words, isSame: header.isSame)
        setCount = sets
    }

    /// Whether what lay under the name was no such file, and was replaced.
    public var isReplaced: Bool { words.isReplaced }

    public func floor(of name: FloorName) -> SeenVersion? {
        let start = start(of: name)
        var latest: UInt64 = 0
        for entry in 0..<Self.entriesInSet {
            let version = words[start + entry * Self.wordsInEntry + 1]
            if version > latest, words[start + entry * Self.wordsInEntry] ^ version == name.low { latest = version }
        }
        return latest == 0 ? nil : SeenVersion(bits: latest)
    }

    public func raise(_ name: FloorName, to version: SeenVersion) {
        put(name, version) { $0.isEarlier(than: version) }
    }

    public func set(_ name: FloorName, to version: SeenVersion) { put(name, version) { $0 != .erasure } }

    /// Puts a version in the place of the present one if that may go.
    private func put(_ name: FloorName, _ version: SeenVersion, mayGo: (SeenVersion) -> Bool) {
        let start = start(of: name)
        var lowest = (entry: start, version: UInt64.max)
        for entry in stride(from: start, to: start + Self.entriesInSet * Self.wordsInEntry, by: Self.wordsInEntry) {
            let present = words[entry + 1]
            if present != 0, words[entry] ^ present == name.low {
                if mayGo(SeenVersion(bits: present)) { put(name, version, at: entry) }
                return
            }
            if present < lowest.version { lowest = (entry, present) }
        }
        if version.version > 1 || SeenVersion(bits: lowest.version).version <= 1 {
            put(name, version, at: lowest.entry)
        }
    }

    private func put(_ name: FloorName, _ version: SeenVersion, at entry: Int) {
        words[entry] = name.low ^ version.bits
        words[entry + 1] = version.bits
    }

    private func start(of name: FloorName) -> Int {
        let set = Int(truncatingIfNeeded: name.high) & (setCount - 1)
        return FloorHeader.wordCount + set * Self.entriesInSet * Self.wordsInEntry
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

/// How a file of floors begins: what it is, in which form, and which acceptance was heeded.
private struct FloorHeader {
    /// A cache line, so that no set lies on two.
    static let wordCount = 8
    static let timeWord = 3
    static let leafWord = 4
    /// By how much the clocks of machines may differ, in microseconds.
    static let clockSkew = Instant.microsecondsInDay

    private static let magic: UInt64 = 0x6372_6564_6974_6466
    private static let layout: UInt64 = 1

    let words: [UInt64]

    init(sets: Int) {
        let form = Self.layout << 32 | UInt64(sets)
        words = [Self.magic, form, ~(Self.magic ^ form)]
    }

    /// Whether a file begins with this header, apart from the instant.
    func isSame(as beginning: [UInt64]) -> Bool { beginning.starts(with: words) }
}
