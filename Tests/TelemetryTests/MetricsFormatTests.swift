import Telemetry
import Testing

@Suite("Formats of numbers")
struct MetricsFormatTests {
    @Test("a format is found by its name alone")
    func names() {
        #expect(MetricsFormat(rawValue: "prometheus") == .prometheus)
        #expect(MetricsFormat(rawValue: "Prometheus") == nil)
    }
}
