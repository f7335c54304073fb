import Bureau
import Glibc
import Journal
import Platform
import Repositories
import Testing
import Vault

struct AuditJournalTests {
    private let folder: String
    private let keys: AuditKeys

    init() throws {
        var template = Array("/tmp/creditd-journal-XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        let ring = try KeyRing.loadOrCreate(at: "\(folder)/ring", base: .a)
        keys = try BaseVault(ring: ring).audit
    }

    private func journal(_ process: UInt64 = 1, maximumBytes: Int = AuditJournal.maximumBytes) throws -> AuditJournal {
        try #require(
            AuditJournal(
                folder: folder, process: RecordID(high: process, low: 0), keys: keys, maximumBytes: maximumBytes))
    }

    private func text(_ file: String) throws -> [UInt8] {
        let number = open("\(folder)/\(file)", O_RDONLY)
        defer { close(number) }
        return try #require(FileDescriptor(number).readAll())
    }

    private func write(_ text: [UInt8], to file: String) {
        let number = open("\(folder)/\(file)", O_WRONLY | O_TRUNC)
        _ = FileDescriptor(number).writeAll(text)
        close(number)
    }

    private let lines = (0..<5).map { Array("{\"line\":\($0)}".utf8) }

    @Test("what was appended is in a closed file, in order, and the file is gone when it was carried")
    func carries() async throws {
        let journal = try journal()
        try journal.append(Array(lines[..<2]))
        try journal.append(Array(lines[2...]))
        try await journal.sync()
        let files = await journal.closedFiles()
        #expect(files.count == 1)
        #expect(journal.content(of: files[0]) == JournalContent(lines: lines, isIntact: true))
        #expect(await journal.closedFiles() == files)
        journal.remove(files[0])
        #expect(await journal.closedFiles().isEmpty)
    }

    @Test("a file whose process lives is left to it; one whose process has ended is carried by another")
    func orphans() async throws {
        let other = try journal(2)
        do {
            let first = try journal(1)
            try first.append(lines)
            #expect(await other.closedFiles().isEmpty)
            first.stop()
        }
        var files: [String] = []
        // The thread of the ended journal lets go of its file within moments.
        for _ in 0..<10_000 where files.isEmpty { files = await other.closedFiles() }
        #expect(files.map { other.content(of: $0) } == [JournalContent(lines: lines, isIntact: true)])
    }

    @Test("a last line that was cut breaks no chain, and what was altered, removed, inserted or moved does")
    func chain() async throws {
        let journal = try journal()
        try journal.append(lines)
        let file = try #require(await journal.closedFiles().first)
        let whole = try text(file)
        func content(_ text: [UInt8]) -> JournalContent {
            write(text, to: file)
            return journal.content(of: file)
        }
        for cut in whole.indices {
            let cutContent = content(Array(whole[..<cut]))
            #expect(cutContent.isIntact && cutContent.lines == Array(lines[..<cutContent.lines.count]))
        }
        for index in whole.indices where whole[index] != UInt8(ascii: "\n") {
            var altered = whole
            altered[index] ^= 1
            #expect(!content(altered).isIntact)
        }
        let parts = whole.split(separator: UInt8(ascii: "\n")).map { $0 + [UInt8(ascii: "\n")] }
        #expect(!content(Array((parts[..<2] + parts[3...]).joined())).isIntact)
        #expect(!content(Array((parts[..<2] + [parts[1]] + parts[2...]).joined())).isIntact)
        #expect(!content(Array([parts[1], parts[0], parts[2]].joined())).isIntact)
        #expect(content(Array((parts[..<2] + parts[3...]).joined())).lines == Array(lines[..<2]))
    }

    @Test("a file of another name or ring does not fit")
    func otherFile() async throws {
        let journal = try journal()
        try journal.append(lines)
        let file = try #require(await journal.closedFiles().first)
        rename("\(folder)/\(file)", "\(folder)/\(keys.verifier.name)-other.journal")
        #expect(!journal.content(of: "\(keys.verifier.name)-other.journal").isIntact)
    }

    @Test("the next lines go to a new file when the current one was removed, which is noticed as broken")
    func removed() async throws {
        let journal = try journal()
        try journal.append(lines)
        try await journal.sync()
        let name = "\(keys.verifier.name)-\(RecordID(high: 1, low: 0).text)-1.journal"
        unlink("\(folder)/\(name)")
        try journal.append(lines)
        try await journal.sync()
        let files = await journal.closedFiles()
        #expect(files.count == 2)
        let contents = files.map { journal.content(of: $0) }
        #expect(contents.contains(JournalContent(lines: lines, isIntact: true)))
        #expect(contents.contains(JournalContent(lines: [], isIntact: false)))
    }

    @Test("a flush that fails while nobody waits refuses the next access, and that one alone")
    func unreported() async throws {
        let journal = try journal()
        try journal.append(lines)
        unlink("\(folder)/\(keys.verifier.name)-\(RecordID(high: 1, low: 0).text)-1.journal")
        // Closing flushes, and nobody is told.
        _ = await journal.closedFiles()
        await #expect(throws: StoreError.self) { try await journal.sync() }
        try journal.append(lines)
        try await journal.sync()
    }

    @Test("beyond its bound the journal refuses, and takes lines again when it was carried")
    func bound() async throws {
        let journal = try journal(maximumBytes: 100)
        try journal.append(lines)
        #expect(throws: StoreError.self) { try journal.append(lines) }
        for file in await journal.closedFiles() { journal.remove(file) }
        try journal.append(lines)
    }

    @Test("a folder that takes no file refuses accesses, and takes them again when it is back")
    func unwritable() throws {
        let journal = try journal()
        rename(folder, folder + "-away")
        defer { rename(folder + "-away", folder) }
        #expect {
            try journal.append(lines)
        } throws: { error in
            guard case .journalUnavailable(let reason) = error as? StoreError else { return false }
            return reason.cause == .unreachable
        }
        rename(folder + "-away", folder)
        try journal.append(lines)
    }
}
