import Bureau
import Glibc
import Journal
import Platform
import Repositories
import Testing
import Transcripts
import Vault

struct AuditJournalTests {
    private let scratch: ScratchFolder
    private let keys: AuditKeys
    private var folder: String { scratch.path }

    init() throws {
        scratch = try ScratchFolder(name: "journal")
        let folder = scratch.path
        let ring = try KeyRing.loadOrCreate(at: "\(folder)/ring", base: .a)
        keys = try BaseVault(ring: ring).audit
    }

    private func journal(
        _ process: UInt64 = 1, maximumBytes: Int = AuditJournal.maximumBytes, partBytes: Int = 1 << 20
    ) throws -> AuditJournal {
        try #require(
            AuditJournal(
                folder: folder, process: RecordID(high: process, low: 0), keys: keys, maximumBytes: maximumBytes,
                partBytes: partBytes))
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
        #expect(try await journal.content(of: files[0]) == JournalContent(lines: lines, isIntact: true))
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
        #expect(files.count == 1)
        #expect(try await other.content(of: files[0]) == JournalContent(lines: lines, isIntact: true))
    }

    @Test("a last line that was cut breaks no chain, and what was altered, removed, inserted or moved does")
    func chain() async throws {
        let journal = try journal()
        try journal.append(lines)
        let file = try #require(await journal.closedFiles().first)
        let whole = try text(file)
        func content(_ text: [UInt8]) async throws -> JournalContent {
            write(text, to: file)
            return try await journal.content(of: file)
        }
        for cut in whole.indices {
            let cutContent = try await content(Array(whole[..<cut]))
            #expect(cutContent.isIntact && cutContent.lines == Array(lines[..<cutContent.lines.count]))
        }
        for index in whole.indices where whole[index] != UInt8(ascii: "\n") {
            var altered = whole
            altered[index] ^= 1
            #expect(try await !content(altered).isIntact)
        }
        let parts = whole.split(separator: UInt8(ascii: "\n")).map { $0 + [UInt8(ascii: "\n")] }
        #expect(try await !content(Array((parts[..<2] + [parts[1]] + parts[2...]).joined())).isIntact)
        #expect(try await !content(Array([parts[1], parts[0], parts[2]].joined())).isIntact)
        let removed = try await content(Array((parts[..<2] + parts[3...]).joined()))
        #expect(removed == JournalContent(lines: Array(lines[..<2]), isIntact: false))
    }

    @Test("a file is read a part at a time, and the chain goes on from one to the next")
    func parts() async throws {
        let lines = (0..<40).map { Array(repeating: UInt8(ascii: "a"), count: $0 % 7) }
        let longestLine = 64 + 1 + 6 + 1
        let writer = try journal(1)
        try writer.append(lines)
        let file = try #require(await writer.closedFiles().first)
        let whole = try text(file)
        for partBytes in [longestLine + 1, longestLine + 2, 100, 150, 999, whole.count, whole.count + 1] {
            let journal = try journal(2, partBytes: partBytes)
            write(whole, to: file)
            var parts: [[[UInt8]]] = []
            #expect(try await journal.read(file) { lines throws(StoreError) in parts.append(lines) })
            #expect(Array(parts.joined()) == lines)
            #expect(parts.allSatisfy { $0.reduce(0) { $0 + $1.count + 66 } <= partBytes })
            // The first link of the second half is altered.
            let half = lines[..<20].reduce(0) { $0 + $1.count + 66 }
            var altered = whole
            altered[half] ^= 1
            write(altered, to: file)
            let content = try await journal.content(of: file)
            #expect(content == JournalContent(lines: Array(lines[..<20]), isIntact: false))
            // A beginning of a line that is longer than any.
            write(whole + [UInt8](repeating: UInt8(ascii: "0"), count: partBytes), to: file)
            #expect(try await journal.content(of: file) == JournalContent(lines: lines, isIntact: false))
        }
    }

    @Test("what does not take a part ends the reading, and the file stays")
    func refusedPart() async throws {
        let journal = try journal(partBytes: 100)
        try journal.append(lines)
        let files = await journal.closedFiles()
        var parts = 0
        await #expect(throws: StoreError.corrupt(.a)) {
            _ = try await journal.read(files[0]) { _ throws(StoreError) in
                parts += 1
                if parts == 2 { throw .corrupt(.a) }
            }
        }
        #expect(parts == 2)
        #expect(await journal.closedFiles() == files)
        #expect(try await journal.content(of: files[0]) == JournalContent(lines: lines, isIntact: true))
    }

    @Test("a file of another name or ring does not fit")
    func otherFile() async throws {
        let journal = try journal()
        try journal.append(lines)
        let file = try #require(await journal.closedFiles().first)
        rename("\(folder)/\(file)", "\(folder)/\(keys.verifier.name)-other.journal")
        #expect(try await !journal.content(of: "\(keys.verifier.name)-other.journal").isIntact)
    }

    @Test("a file that was removed while it was written is noticed and still read, and the next lines go to a new one")
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
        #expect(files.map { journal.isRemoved($0) } == [true, false])
        for file in files + files {
            #expect(try await journal.content(of: file) == JournalContent(lines: lines, isIntact: true))
        }
        for file in files { journal.remove(file) }
        #expect(await journal.closedFiles().isEmpty && !journal.isRemoved(name) && journal.missingFiles().isEmpty)
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

/// The lines of a closed file, and whether its chain holds to the end.
private struct JournalContent: Equatable {
    var lines: [[UInt8]] = []
    var isIntact = false
}

extension AuditJournal {
    fileprivate func content(of file: String) async throws -> JournalContent {
        var content = JournalContent()
        content.isIntact = try await read(file) { lines throws(StoreError) in content.lines += lines }
        return content
    }
}
