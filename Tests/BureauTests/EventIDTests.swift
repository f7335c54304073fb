import Testing

@testable import Bureau

@Suite("EventID")
struct EventIDTests {
    @Test(
        "an identifier is kept as given",
        arguments: [
            "a", "E00416968202611201530aBcDeF12345", "a.b_c:d-E9", String(repeating: "x", count: 64),
        ])
    func reads(_ text: String) {
        #expect(EventID(text)?.text == text)
    }

    @Test("exactly 66 of the 256 bytes are allowed")
    func allowsBytes() {
        let allowed = (UInt8.min...UInt8.max).filter { byte in
            [byte].withUnsafeBufferPointer { EventID($0) } != nil
        }
        let expected = "-.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        #expect(allowed == Array(expected.utf8))
    }

    @Test(
        "an empty, a longer or another text is refused", arguments: ["", String(repeating: "x", count: 65), "a b", "é"])
    func refuses(_ text: String) {
        #expect(EventID(text) == nil)
    }

    @Test("a record's identifier becomes an event's")
    func takesRecordID() {
        let record = RecordID(high: 0x017F_22E2_79B0_7CC3, low: 0x98C4_DC0C_0C07_398F)
        #expect(EventID(record).text == record.text)
        #expect(EventID(record.text) == EventID(record))
    }

    @Test("the order is that of the bytes")
    func orders() {
        let identifiers = ["-", ".", "0", "9", ":", "A", "Z", "_", "a", "aa", "b"].compactMap { EventID($0) }
        #expect(identifiers.shuffled().sorted() == identifiers)
    }
}
