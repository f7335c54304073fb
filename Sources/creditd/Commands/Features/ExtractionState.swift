import Bureau
import Encodings
import FoundationEssentials
import Glibc
import JSON
import Platform
import Repositories
import Services
import Vault

/// How far an extraction has come, in a file for its owner alone: no CPF, no token, no name.
///
/// The places at which segments go on may be tokens, and so are sealed under a key of the base's ring.
struct ExtractionState {
    /// A digest of what the extraction is about, under the study's key: another extraction does not go on with it.
    var digest: [UInt8]
    var asOf: Instant
    var progress: ExtractionProgress
    var tally = ExtractionTally()
    var readUnits: Double = 0
    /// The bytes of the file of rows that belong to what was walked.
    var rowBytes = 0

    init(digest: [UInt8], asOf: Instant, segments: Int) {
        self.digest = digest
        self.asOf = asOf
        progress = ExtractionProgress(segments: segments)
    }

    private static let counts: [(name: StaticString, path: WritableKeyPath<ExtractionTally, Int> & Sendable)] = [
        ("rows", \.rows), ("notKnownThen", \.notKnownThen), ("withoutConsent", \.withoutConsent),
        ("overwrittenSince", \.overwrittenSince), ("recordedLater", \.recordedLater), ("unknown", \.unknown),
        ("unscorable", \.unscorable), ("closed", \.closed), ("blocked", \.blocked), ("unreadable", \.unreadable),
    ]

    /// The counts of what was met, with their names.
    static func counts(of tally: ExtractionTally) -> [(name: StaticString, count: Int)] {
        counts.map { ($0.name, tally[keyPath: $0.path]) }
    }

    /// Reads a state; nil when there is no file. Throws when the file is something else.
    init?(path: String, vault: BaseVault) throws {
        guard access(path, F_OK) == 0 else { return nil }
        guard let text = FileDescriptor.text(of: path), let document = try? Document(text),
            let state = document.withRoot({ ExtractionState($0, vault) })
        else {
            throw StartFailure(
                status: ExitStatus.wrongData, message: "\(path) is no state of an extraction, or of other key rings")
        }
        self = state
    }

    private init?(_ root: Value, _ vault: BaseVault) {
        guard root["format"]?.int64 == 1, let digest = root["digest"]?.string, let asOf = root["asOf"]?.string,
            let segments = root["segments"]?.int64.flatMap({ Int(exactly: $0) }),
            let begun = root["begun"]?.int64.flatMap({ Int(exactly: $0) }),
            let rowBytes = root["rowBytes"]?.int64.flatMap({ Int(exactly: $0) }), let open = root["open"],
            let instant = Instant(asOf), let digest = Array(digest.utf8).fromBase64, 1...1_000_000 ~= segments,
            0...segments ~= begun, rowBytes >= 0
        else { return nil }
        self.init(digest: digest, asOf: instant, segments: segments)
        self.rowBytes = rowBytes
        readUnits = Double(root["readUnits"]?.int64 ?? 0)
        progress.begun = begun
        for count in Self.counts { tally[keyPath: count.path] = Int(root[count.name]?.int64 ?? 0) }
        for item in open.elements {
            guard let number = item["segment"]?.int64.flatMap({ Int(exactly: $0) }), 0..<begun ~= number else {
                return nil
            }
            guard let text = item["place"]?.string else {
                progress.open[number] = .some(nil)
                continue
            }
            guard let sealed = Array(text.utf8).fromBase64,
                let place = vault.withSession({ session in
                    try? session.openNote(Sealed(sealed), for: .walk, row: Self.row(number))
                })
            else { return nil }
            progress.open[number] = WalkCursor(place)
        }
    }

    /// Replaces the file as a whole.
    func write(to path: String, vault: BaseVault) throws {
        var writer = Writer()
        try vault.withSession { session in
            var places: [(segment: Int, place: [UInt8]?)] = []
            for (number, cursor) in progress.open.sorted(by: { $0.key < $1.key }) {
                let sealed = try cursor.map { try session.sealNote($0.bytes, for: .walk, row: Self.row(number)) }
                places.append((number, sealed?.bytes))
            }
            writer.object { root in
                root.key("format")
                root.number(1)
                root.key("digest")
                root.string(digest.base64)
                root.key("asOf")
                root.string(asOf.text)
                for (name, number): (StaticString, Int) in [
                    ("segments", progress.segments), ("begun", progress.begun), ("rowBytes", rowBytes),
                    ("readUnits", Int(readUnits)),
                ] {
                    root.key(name)
                    root.number(number)
                }
                for count in Self.counts(of: tally) {
                    root.key(count.name)
                    root.number(count.count)
                }
                root.key("open")
                root.array { list in
                    for place in places {
                        list.object { item in
                            item.key("segment")
                            item.number(place.segment)
                            guard let sealed = place.place else { return }
                            item.key("place")
                            item.string(sealed.base64)
                        }
                    }
                }
            }
        }
        try PrivateFile.replace(path, with: writer.take() + [0x0A], isSynced: true)
    }

    private static func row(_ segment: Int) -> [UInt8] { Array("segment \(segment)".utf8) }
}

/// A file for its owner alone that is there as a whole, or as it was before.
struct PrivateFile: ~Copyable {
    private let path: String
    private let number: Int32

    /// Begins the file beside its place.
    init(_ path: String) throws {
        self.path = path
        number = open("\(path).part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw Self.failure(path) }
        guard fchmod(number, 0o600) == 0 else { throw Self.failure(path) }
    }

    deinit {
        if number >= 0 { close(number) }
    }

    func put(_ bytes: [UInt8]) throws {
        guard FileDescriptor(number).writeAll(bytes) else { throw Self.failure(path) }
    }

    /// Puts the file into its place.
    func finish() throws {
        guard fsync(number) == 0, rename("\(path).part", path) == 0 else { throw Self.failure(path) }
    }

    /// Replaces a file; `isSynced` for bytes that are on the disk before they have its name.
    static func replace(_ path: String, with bytes: [UInt8], isSynced: Bool = false) throws {
        let file = try PrivateFile(path)
        do {
            try file.put(bytes)
            guard !isSynced || fsync(file.number) == 0 else { throw failure(path) }
            guard rename("\(path).part", path) == 0 else { throw failure(path) }
        } catch {
            unlink("\(path).part")
            throw error
        }
    }

    private static func failure(_ path: String) -> StartFailure {
        StartFailure(status: ExitStatus.inputOutput, message: "\(path): \(String(cString: strerror(errno)))")
    }
}
