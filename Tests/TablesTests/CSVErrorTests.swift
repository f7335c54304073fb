import Tables
import Testing

@Suite("CSV errors")
struct CSVErrorTests {
    @Test("an error names the line and the counts, and no value")
    func words() {
        let error = CSVError.wrongFieldCount(line: 7, found: 3, expected: 4)
        #expect(error.description == "line 7 has 3 fields, and the header has 4")
    }
}
