import JSON
import JSONRPC
import Telemetry

extension Method {
    /// `system.metrics`: the numbers of this process, answered at once, because an operator asks when calls do not
    /// pass.
    static func metrics(_ source: MetricsSource) -> Method {
        .immediate("system.metrics") { params, writer in
            let snapshot = source.snapshot()
            let format = params["format"].flatMap { MetricsFormat($0) } ?? .json
            switch format {
            case .json: snapshot.write(to: &writer)
            case .prometheus:
                writer.object { result in
                    result.key("text")
                    result.string(PrometheusText(snapshot).text)
                }
            }
        }
    }
}
