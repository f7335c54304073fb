import Bureau
import JSON
import Platform
import Repositories
import Testing

@testable import JSONRPC
@testable import Telemetry

@Suite("Prometheus text")
struct PrometheusTextTests {
    /// Two calls of one method, of which one failed, and a store that is lost.
    private var snapshot: MetricsSnapshot {
        var counts = MethodCounts()
        counts.submitted(2, requestBytes: 90)
        counts.ended(
            2,
            GroupOutcome(
                calls: 2, queueTime: .microseconds(120), serviceTime: .milliseconds(3), responseBytes: 77,
                failures: [CallFailure(index: 1, kind: FailureKind(.notFound))]))
        return MetricsSnapshot(
            version: "1.2.3", process: .now(), methods: [("person.get", counts)],
            bases: [StoreNumbers(base: .a, reason: StoreReason(.unreachable, "away"), losses: 2, retries: 3)],
            journal: JournalBacklog(records: 4, bytes: 500, age: .milliseconds(1500)),
            spans: SpanCounts(sent: 1, dropped: 2, failed: 3))
    }

    private func lines(labels: [(name: String, value: String)] = []) -> [String] {
        PrometheusText(snapshot, labels: labels).text.split(separator: "\n").map(String.init)
    }

    @Test("a sample stands for each number")
    func samples() {
        let expected = [
            #"creditd_build_info{version="1.2.3"} 1"#, #"creditd_calls_total{method="person.get"} 2"#,
            #"creditd_call_errors_total{method="person.get",reason="not_found"} 1"#,
            #"creditd_calls_in_flight{method="person.get"} 0"#,
            #"creditd_call_request_bytes_total{method="person.get"} 90"#,
            #"creditd_call_response_bytes_total{method="person.get"} 77"#,
            #"creditd_call_queue_seconds_bucket{method="person.get",le="0.0001"} 0"#,
            #"creditd_call_queue_seconds_bucket{method="person.get",le="0.00015"} 2"#,
            #"creditd_call_queue_seconds_bucket{method="person.get",le="+Inf"} 2"#,
            #"creditd_call_queue_seconds_sum{method="person.get"} 0.00024"#,
            #"creditd_call_service_seconds_sum{method="person.get"} 0.006"#,
            #"creditd_call_service_seconds_count{method="person.get"} 2"#, #"creditd_base_ready{base="A"} 0"#,
            #"creditd_base_losses_total{base="A"} 2"#, #"creditd_base_retries_total{base="A"} 3"#,
            "creditd_audit_journal_records 4", "creditd_audit_journal_age_seconds 1.5",
            #"creditd_spans_total{outcome="dropped"} 2"#,
        ]
        let lines = lines()
        for line in expected { #expect(lines.contains(line), "\(line)") }
    }

    @Test("every family has one help and one type before its samples, and no sample has a time")
    func families() {
        var known: Set<String> = []
        var family = ""
        for line in lines() {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP") {
                family = String(words[2])
                #expect(known.insert(family).inserted)
            } else if line.hasPrefix("# TYPE") {
                #expect(words.count == 4 && words[2] == family)
            } else {
                #expect(line.hasPrefix(family))
                #expect(words.count == 2)
            }
        }
    }

    @Test("a label of the process stands on every sample, escaped")
    func labels() {
        let samples = lines(labels: [("daemon", "a\"\\\n")]).filter { !$0.hasPrefix("#") }
        #expect(samples.count > 20)
        #expect(samples.allSatisfy { $0.contains(#"{daemon="a\"\\\n""#) })
    }

    @Test(
        "numbers are written as decimals without needless zeros",
        arguments: [
            (0, 6, "0"), (1, 6, "0.000001"), (10, 6, "0.00001"), (1_500_000, 6, "1.5"), (10_000_000, 6, "10"),
            (1_796_000_000_123, 3, "1796000000.123"), (-5, 3, "0"),
        ])
    func decimals(count: Int, digits: Int, text: String) {
        #expect(PrometheusText.decimal(count, fractionDigits: digits) == text)
    }
}

@Suite("Numbers of the process")
struct ProcessNumbersTests {
    @Test("what the system tells of this process is plausible")
    func plausible() {
        let numbers = ProcessNumbers.now()
        #expect(numbers.residentBytes > 1 << 20 && numbers.virtualBytes > numbers.residentBytes)
        #expect(numbers.cpuMicroseconds > 0)
        #expect((3...numbers.maximumDescriptors).contains(numbers.openDescriptors))
        // After 2025, and before now.
        #expect(numbers.startMilliseconds > 1_735_689_600_000)
    }
}
