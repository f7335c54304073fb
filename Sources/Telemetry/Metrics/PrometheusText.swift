import Bureau
import JSONRPC
import Platform
import Repositories

/// Numbers in Prometheus' text format, version 0.0.4: a family after the other, each with its help and type.
public struct PrometheusText {
    /// What each sample is labelled with beside its own labels.
    private let labels: [(name: String, value: String)]
    public private(set) var text = ""

    /// How each text begins, and no other program's.
    static let firstLine = "# HELP creditd_build_info The program's version.\n"

    public init(_ snapshot: MetricsSnapshot, labels: [(name: String, value: String)] = []) {
        self.labels = labels
        text = Self.firstLine + "# TYPE creditd_build_info gauge\n"
        sample("creditd_build_info", [("version", snapshot.version)], "1")
        calls(snapshot.methods)
        stores(snapshot.bases)
        audit(snapshot.journal)
        if let spans = snapshot.spans { traces(spans) }
        process(snapshot.process)
    }

    private mutating func calls(_ methods: [(method: String, counts: MethodCounts)]) {
        each(methods, "creditd_calls_total", "counter", "Requests and notifications that were read, by method.") {
            [([], String($0.calls))]
        }
        each(methods, "creditd_call_errors_total", "counter", "Calls that failed, by method and reason.") { counts in
            // Two codes may share a reason, but no two samples their labels.
            let reasons = counts.errors.map { (reason: $0.key.reason, count: $0.value) }
            let counted = Dictionary(reasons.map { ($0.reason, $0.count) }, uniquingKeysWith: +)
            return counted.sorted { $0.key < $1.key }.map { ([("reason", $0.key)], String($0.value)) }
        }
        each(methods, "creditd_calls_in_flight", "gauge", "Calls that were read and are not answered yet.") {
            [([], String($0.inFlight))]
        }
        each(methods, "creditd_call_request_bytes_total", "counter", "Bytes of requests.") {
            [([], String($0.requestBytes))]
        }
        each(methods, "creditd_call_response_bytes_total", "counter", "Bytes of answers.") {
            [([], String($0.responseBytes))]
        }
        histograms(
            "creditd_call_queue_seconds", "Time from a call's arrival until it was served.",
            methods.map { ([("method", $0.method)], $0.counts.queueTime) })
        histograms(
            "creditd_call_service_seconds", "Time in which a call was served, that in stores included.",
            methods.map { ([("method", $0.method)], $0.counts.serviceTime) })
    }

    private mutating func stores(_ bases: [StoreNumbers]) {
        let named = bases.map { (labels: [("base", $0.base.rawValue)], base: $0) }
        family("creditd_base_ready", "gauge", "Whether the base's store serves: 1, or 0 while calls fail for it.")
        for (labels, base) in named { sample("creditd_base_ready", labels, base.reason == nil ? "1" : "0") }
        family("creditd_base_losses_total", "counter", "How often the base's store was lost.")
        for (labels, base) in named { sample("creditd_base_losses_total", labels, String(base.losses)) }
        family(
            "creditd_base_failures_total", "counter",
            "Calls of the base's store that failed because of it: groups of requests, and the daemon's own.")
        for (labels, base) in named { sample("creditd_base_failures_total", labels, String(base.failures)) }
        family("creditd_base_retries_total", "counter", "Requests that were sent to the base's store once more.")
        for (labels, base) in named { sample("creditd_base_retries_total", labels, String(base.retries)) }
        histograms(
            "creditd_base_call_seconds",
            "Time until the base's store had answered a group of requests, or a call of the daemon's own.",
            named.map { ($0.labels, $0.base.time) })
    }

    private mutating func audit(_ journal: JournalBacklog) {
        family("creditd_audit_journal_records", "gauge", "Records of this process that base A's audit log lacks yet.")
        sample("creditd_audit_journal_records", [], String(journal.records))
        family("creditd_audit_journal_bytes", "gauge", "Bytes of the audit journal of all processes of the machine.")
        sample("creditd_audit_journal_bytes", [], String(journal.bytes))
        family("creditd_audit_journal_age_seconds", "gauge", "Age of the oldest record that base A's audit log lacks.")
        sample(
            "creditd_audit_journal_age_seconds", [],
            Self.decimal(Int(journal.age / .milliseconds(1)), fractionDigits: 3))
    }

    private mutating func traces(_ spans: SpanCounts) {
        family("creditd_spans_total", "counter", "Spans of traced calls, by what has become of them.")
        for (outcome, count) in [("sent", spans.sent), ("dropped", spans.dropped), ("failed", spans.failed)] {
            sample("creditd_spans_total", [("outcome", outcome)], String(count))
        }
    }

    /// Names and helps are those of Prometheus' client libraries, because the exporters that read a file of metrics
    /// refuse another help for a name that they have themselves.
    private mutating func process(_ numbers: ProcessNumbers) {
        for (name, type, help, value) in [
            (
                "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
                Self.decimal(numbers.cpuMicroseconds, fractionDigits: 6)
            ),
            ("process_open_fds", "gauge", "Number of open file descriptors.", String(numbers.openDescriptors)),
            (
                "process_max_fds", "gauge", "Maximum number of open file descriptors.",
                String(numbers.maximumDescriptors)
            ),
            ("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", String(numbers.virtualBytes)),
            ("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", String(numbers.residentBytes)),
            (
                "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.",
                Self.decimal(numbers.startMilliseconds, fractionDigits: 3)
            ),
        ] {
            family(name, type, help)
            sample(name, [], value)
        }
    }
}

extension PrometheusText {
    private typealias Labels = [(String, String)]

    /// Appends a family with the samples of each method.
    private mutating func each(
        _ methods: [(method: String, counts: MethodCounts)], _ name: String, _ type: String, _ help: String,
        _ samples: (MethodCounts) -> [(labels: [(String, String)], value: String)]
    ) {
        family(name, type, help)
        for (method, counts) in methods {
            for (labels, value) in samples(counts) { sample(name, [("method", method)] + labels, value) }
        }
    }

    private mutating func histograms(
        _ name: String, _ help: String, _ histograms: [(labels: [(String, String)], DurationHistogram)]
    ) {
        family(name, "histogram", help)
        for (labels, histogram) in histograms where histogram.count > 0 {
            var cumulative = 0
            for (bucket, bound) in zip(histogram.buckets, DurationHistogram.boundsMicroseconds) {
                cumulative += bucket
                sample(
                    name + "_bucket", labels + [("le", Self.decimal(bound, fractionDigits: 6))], String(cumulative))
            }
            sample(name + "_bucket", labels + [("le", "+Inf")], String(histogram.count))
            sample(name + "_sum", labels, Self.decimal(histogram.sumNanoseconds, fractionDigits: 9))
            sample(name + "_count", labels, String(histogram.count))
        }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ own: [(String, String)], _ value: String) {
        text += name
        let all = labels.map { ($0.name, $0.value) } + own
        if !all.isEmpty {
            text += "{" + all.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// Writes a count of fractions as a decimal number without zeros at its end: 1500, 3 becomes 1.5.
    static func decimal(_ count: Int, fractionDigits: Int) -> String {
        let digits = String(max(0, count))
        let padded = String(repeating: "0", count: max(0, fractionDigits + 1 - digits.count)) + digits
        let fraction = padded.suffix(fractionDigits)
        let kept = fraction.lastIndex { $0 != "0" }.map { fraction[...$0] } ?? ""
        return padded.dropLast(fractionDigits) + (kept.isEmpty ? "" : "." + kept)
    }
}
