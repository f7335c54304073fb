import Bureau
import Glibc
import Platform
import Testing

@testable import Vault

struct KeyRingFileTests {
    private static let text =
        "creditd key ring 1\nbase A\ntoken \(String(repeating: "1a", count: 32))\n"
        + "wrap 1 \(String(repeating: "2b", count: 32))\n"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a ring that was made is private, alone in its folder and read as the same ring", arguments: Base.allCases)
    func create(base: Base) throws {
        let path = folder.file("ring")
        let made = try KeyRing.create(at: path, base: base)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o600)
        #expect(status.st_nlink == 1)
        #expect(folder.names == ["ring"])
        #expect(secrets(try KeyRing.load(from: path, base: base)) == secrets(made))
        #expect(Set(secrets(made)).count == 2)
    }

    @Test("two rings share no key")
    func random() throws {
        let rings = try (0..<10).map { try KeyRing.create(at: folder.file("ring\($0)"), base: .a) }
        #expect(Set(rings.flatMap(secrets)).count == 20)
    }

    @Test("a ring is never written over, nor is any other file")
    func exists() throws {
        let path = try folder.write("other", to: "ring")
        #expect(throws: KeyRingError.alreadyExists) { try KeyRing.create(at: path, base: .a) }
        #expect(throws: KeyRingError.malformed(line: 1, .cut)) { try KeyRing.loadOrCreate(at: path, base: .a) }
        #expect(folder.names == ["ring"])
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_size == 5)
    }

    @Test("a file gets its name and replaces none, in each of the ways", arguments: KeyRingFile.Naming.allCases)
    func naming(way: KeyRingFile.Naming) throws {
        for name in ["first", "second"] { _ = try folder.write(name, to: name) }
        let path = folder.file("ring")
        #expect(try way.name(folder.file("first"), path))
        #expect(throws: KeyRingError.alreadyExists) { try way.name(folder.file("second"), path) }
        #expect(try Self.content(of: path) == "first")
    }

    private static func content(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return String(decoding: try #require(FileDescriptor(descriptor).readAll()), as: UTF8.self)
    }

    @Test("of many that name a file at once, one wins, in each of the ways", arguments: KeyRingFile.Naming.allCases)
    func namingRace(way: KeyRingFile.Naming) async throws {
        let path = folder.file("ring")
        let drafts = try (0..<16).map { try folder.write("\($0)", to: "draft\($0)") }
        let winners = await withTaskGroup { group in
            for (number, draft) in drafts.enumerated() {
                group.addTask { (try? way.name(draft, path)) == true ? number : nil }
            }
            return await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
        }
        #expect(winners.count == 1)
        #expect(try Self.content(of: path) == "\(winners.first ?? -1)")
    }

    @Test(
        "a mode looser than 0600 is refused",
        arguments: [
            0o640, 0o644, 0o604, 0o620, 0o602, 0o610, 0o601, 0o660, 0o666, 0o700, 0o777, 0o1600, 0o2600, 0o4600,
        ] as [mode_t])
    func loose(mode: mode_t) throws {
        let path = try folder.write(Self.text, to: "ring", mode: mode)
        #expect(throws: KeyRingError.looseMode(mode)) { try KeyRing.load(from: path, base: .a) }
        #expect(throws: KeyRingError.looseMode(mode)) { try KeyRing.loadOrCreate(at: path, base: .a) }
    }

    @Test("0600 and a mode that is tighter are accepted", arguments: [0o600, 0o400] as [mode_t])
    func tight(mode: mode_t) throws {
        let path = try folder.write(Self.text, to: "ring", mode: mode)
        #expect(try KeyRing.load(from: path, base: .a).newestWrappingKey == 1)
    }

    @Test("a symbolic link is refused, to a good ring and to nothing")
    func link() throws {
        let path = try folder.write(Self.text, to: "ring")
        try #require(symlink(path, folder.file("link")) == 0)
        try #require(symlink(folder.file("nothing"), folder.file("dangling")) == 0)
        for name in ["link", "dangling"] {
            #expect(throws: KeyRingError.notRegularFile) { try KeyRing.load(from: folder.file(name), base: .a) }
            #expect(throws: KeyRingError.notRegularFile) { try KeyRing.loadOrCreate(at: folder.file(name), base: .a) }
            #expect(throws: KeyRingError.alreadyExists) { try KeyRing.create(at: folder.file(name), base: .a) }
        }
        #expect(folder.names.sorted() == ["dangling", "link", "ring"])
    }

    @Test("a folder and a pipe are refused, and neither makes the start wait")
    func notRegular() throws {
        try #require(mkdir(folder.file("folder"), 0o600) == 0)
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(throws: KeyRingError.notRegularFile) { try KeyRing.load(from: folder.file("folder"), base: .a) }
        #expect(throws: KeyRingError.notRegularFile) { try KeyRing.load(from: folder.file("pipe"), base: .a) }
    }

    @Test("another user's file is refused")
    func owner() throws {
        var path = "/etc/passwd"
        if geteuid() == 0 {
            path = try folder.write(Self.text, to: "ring")
            try #require(chown(path, 65534, 65534) == 0)
        }
        #expect(throws: KeyRingError.notOwned) { try KeyRing.load(from: path, base: .a) }
    }

    @Test("a mounted secret may be a link and be read by its group, and nothing else may")
    func mounted() throws {
        let path = try folder.write(Self.text, to: "..data")
        try #require(symlink(path, folder.file("ring")) == 0)
        #expect(throws: KeyRingError.notRegularFile) { try KeyRing.load(from: folder.file("ring"), base: .a) }
        for mode: mode_t in [0o400, 0o440, 0o600, 0o640] {
            try #require(chmod(path, mode) == 0)
            #expect(try KeyRing.load(from: folder.file("ring"), base: .a, isMounted: true).newestWrappingKey == 1)
        }
        for mode: mode_t in [0o444, 0o660, 0o644, 0o740] {
            try #require(chmod(path, mode) == 0)
            #expect(throws: KeyRingError.looseMode(mode)) {
                try KeyRing.load(from: folder.file("ring"), base: .a, isMounted: true)
            }
        }
    }

    @Test("a mounted secret belongs to its user or to root", .enabled(if: geteuid() == 0))
    func mountedOwner() throws {
        let path = try folder.write(Self.text, to: "ring")
        try #require(chown(path, 65534, 65534) == 0)
        #expect(throws: KeyRingError.notOwned) { try KeyRing.load(from: path, base: .a, isMounted: true) }
    }

    @Test("a file without end is refused")
    func tooLong() throws {
        let comment = "#" + String(repeating: "-", count: 1022) + "\n"
        let path = try folder.write(Self.text + String(repeating: comment, count: 64), to: "ring")
        #expect(throws: KeyRingError.tooLong) { try KeyRing.load(from: path, base: .a) }
    }

    @Test("a missing file is told apart from a missing folder")
    func missing() {
        #expect(throws: KeyRingError.notFound) { try KeyRing.load(from: folder.file("ring"), base: .a) }
        #expect(throws: KeyRingError.system(call: "open", code: ENOENT)) {
            try KeyRing.create(at: folder.file("none/ring"), base: .a)
        }
    }

    @Test("daemons that start at once on the same path get the same keys")
    func race() async throws {
        for round in 0..<20 {
            let path = folder.file("ring\(round)")
            let rings = try await withThrowingTaskGroup(of: KeyRing.self) { group in
                for _ in 0..<16 {
                    group.addTask { try KeyRing.loadOrCreate(at: path, base: .c) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(rings.map(secrets)).count == 1)
            #expect(secrets(try KeyRing.load(from: path, base: .c)) == secrets(rings[0]))
        }
        #expect(folder.names.count == 20)
    }

    private func secrets(_ ring: KeyRing) -> [[UInt8]] {
        ([ring.tokenSecret] + ring.wrappingSecrets.sorted { $0.key < $1.key }.map(\.value)).map { secret in
            secret.withBytes { Array($0) }
        }
    }
}
