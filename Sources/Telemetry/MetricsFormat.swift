/// How numbers are written for those who read them.
package enum MetricsFormat: String, CaseIterable, Sendable {
    case json
    case prometheus
}
