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

    @Test("a state is read back, and anything else is refused")
    func state() {
        var state = ImportState(importID: "a1", options: "o", head: "h", headBytes: 7)
        state.place = Place(offset: 12, line: 3)
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
