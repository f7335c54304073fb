import Glibc
import Testing
import Transcripts

@testable import Journal

struct JournalFolderTests {
    private let scratch: ScratchFolder
    private let folder: JournalFolder

    init() throws {
        scratch = try ScratchFolder(name: "journal")
        folder = JournalFolder(path: scratch.path, prefix: "a-")
    }

    @Test("a new file that others take for one without an owner is made again until it is nobody else's")
    func overtaken() throws {
        var times = 0
        let number = try #require(
            folder.make("a-1.journal") {
                times += 1
                // The first one is held while it is to be locked, the second one is gone by then.
                let other = times < 3 ? folder.adopt("a-1.journal") : nil
                if times < 3 { folder.remove("a-1.journal") }
                if let other, times == 2 { close(other) }
            })
        #expect(times == 3)
        #expect(JournalFolder.isRemoved(number) == false)
        close(number)
    }

    @Test("a file that is removed by others is missing, and one that is carried or set aside is not")
    func missing() throws {
        for name in ["a-1.journal", "a-2.journal", "a-3.journal"] { close(try #require(folder.make(name))) }
        #expect(folder.missing().isEmpty)
        unlink("\(folder.path)/a-1.journal")
        folder.remove("a-2.journal")
        folder.setAside("a-3.journal")
        #expect(folder.missing() == ["a-1.journal"])
        folder.setAside("a-1.journal")
        #expect(folder.missing().isEmpty)
        #expect(JournalFolder(path: folder.path, prefix: "b-").missing().isEmpty, "of another log")
    }

    @Test("a name that is taken is no new file")
    func taken() throws {
        let number = try #require(folder.make("a-1.journal"))
        #expect(folder.make("a-1.journal") == nil)
        #expect(folder.adopt("a-1.journal") == nil, "it has an owner")
        close(number)
    }
}
