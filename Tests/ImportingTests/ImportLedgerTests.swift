import Importing
import JSON
import Seeds
import Testing

@Suite("The ledger of an import")
struct ImportLedgerTests {
    private typealias Place = ImportLedger.Place

    @Test("rows end in any order, and count in the order of the file", arguments: 0..<20)
    func order(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ledger = ImportLedger(
            from: Place(offset: 0, line: 0), tally: ImportTally(), keepsRejects: true, maximumRows: 16)
        var open: [Int] = []
        var ended: Set<Int> = []
        var rejects = ""
        var added = 0
        while added < 300 || !open.isEmpty {
            if added < 300, ledger.hasRoom, Bool.random(using: &generator) {
                ledger.add(line: added + 1, end: Place(offset: added + 1, line: added + 1), request: [1])
                open.append(added)
                added += 1
            } else if let index = open.indices.randomElement(using: &generator) {
                let number = open.remove(at: index)
                ledger.end(number, number % 3 == 0 ? .rejected(RowRefusal(reason: "r")) : .imported)
                ended.insert(number)
            }
            let firstOpen = (0..<added).first { !ended.contains($0) } ?? added
            #expect(ledger.place == Place(offset: firstOpen, line: firstOpen))
            #expect(ledger.tally.rows == firstOpen && ledger.tally.rejected == (firstOpen + 2) / 3)
            rejects += String(decoding: ledger.takeRejects(), as: UTF8.self)
        }
        #expect(ledger.isEmpty)
        let lines = rejects.split(separator: "\n").map(String.init)
        #expect(lines == (0..<100).map { #"{"line":\#(3 * $0 + 1),"reason":"r","pointer":""}"# })
    }

    @Test("a full ledger has no room, by rows and by bytes")
    func room() {
        var ledger = ImportLedger(
            from: Place(offset: 0, line: 0), tally: ImportTally(), keepsRejects: false, maximumRows: 2,
            maximumBytes: 100)
        ledger.add(line: 1, end: Place(offset: 1, line: 1), request: [UInt8](repeating: 0, count: 60))
        #expect(ledger.room == 1)
        ledger.goOn(0, with: [UInt8](repeating: 0, count: 100))
        #expect(!ledger.hasRoom)
        ledger.end(0, .imported)
        #expect(ledger.room == 2)
        ledger.end(0, .imported)
        #expect(ledger.tally.rows == 1)
    }

    @Test("a last row that may grow is counted when it is imported, and left to another run when it is refused")
    func lastRow() {
        for isRefused in [false, true] {
            var ledger = ImportLedger(from: Place(offset: 0, line: 0), tally: ImportTally(), keepsRejects: true)
            ledger.add(line: 1, end: Place(offset: 5, line: 1), request: [1])
            ledger.add(line: 2, end: Place(offset: 9, line: 2), request: [1], mayGrow: true)
            ledger.end(1, isRefused ? .rejected(RowRefusal(reason: "r")) : .imported)
            #expect(ledger.openCount == 1 && ledger.count == 2)
            ledger.end(0, .imported)
            #expect(ledger.isEmpty && ledger.leavesLastRow == isRefused)
            #expect(ledger.place.offset == (isRefused ? 5 : 9) && ledger.tally.rejected == 0)
            #expect(ledger.tally.rows == (isRefused ? 1 : 2) && ledger.takeRejects().isEmpty)
        }
    }

    @Test("the digest of bytes does not depend on their pieces, and each changed byte changes it", arguments: 0..<20)
    func digest(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bytes = (0..<Int.random(in: 1...100, using: &generator)).map { _ in UInt8.random(in: 0...2) }
        func digest(_ bytes: [UInt8], piece: Int) -> UInt64 {
            var digest = RunningDigest()
            for start in stride(from: 0, to: bytes.count, by: piece) {
                bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes { digest.add($0) }
                // Asking on the way changes nothing.
                _ = digest.value
            }
            return digest.value
        }
        let whole = digest(bytes, piece: bytes.count)
        for piece in 1...20 { #expect(digest(bytes, piece: piece) == whole) }
        #expect(digest(bytes + [0], piece: 3) != whole && digest(bytes.dropLast(), piece: 3) != whole)
        for index in bytes.indices {
            bytes[index] ^= 1
            #expect(digest(bytes, piece: 7) != whole)
            bytes[index] ^= 1
        }
    }

    @Test("a state is read back, and anything else is refused")
    func state() {
        var state = ImportState(
            importID: "a1", options: "o", place: Place(offset: 12, line: 3, digest: 0xFEDC_BA98_7654_3210))
        #expect(ImportState(state.text) == state)
        state.rejectBytes = 5
        var ledger = ImportLedger(from: state.place, tally: state.tally, keepsRejects: false)
        ledger.add(line: 1, end: state.place, refused: RowRefusal(reason: "x"))
        state.tally = ledger.tally
        #expect(ImportState(state.text) == state)
        for length in 0..<state.text.count - 1 { #expect(ImportState(Array(state.text.prefix(length))) == nil) }
        let text = String(decoding: state.text, as: UTF8.self)
        for (old, new) in [(#""format":1"#, #""format":2"#), ("\"a1\"", "\"\\u0000\""), (":12,", ":-1,")] {
            #expect(ImportState(Array(text.replacing(old, with: new).utf8)) == nil, "\(new)")
        }
    }
}
