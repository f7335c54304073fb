import JSON

/// How numbers are written for those who read them.
public enum MetricsFormat: String, CaseIterable, Sendable {
    case json
    /// Prometheus' text format.
    case prometheus

    /// Nil for a value that names no format.
    public init?(_ value: Value) {
        guard value.kind == .string else { return nil }
        self.init(rawValue: value.withUTF8 { String(decoding: $0, as: UTF8.self) })
    }
}
