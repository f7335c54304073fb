import JSON
import Telemetry
import Testing

@Suite("Formats of numbers")
struct MetricsFormatTests {
    @Test("a format is found by its name alone")
    func names() throws {
        let found = try [#""prometheus""#, #""Prometheus""#, "1"].map { text in
            try Document(text.utf8).withRoot { MetricsFormat($0) }
        }
        #expect(found == [.prometheus, nil, nil])
    }
}
