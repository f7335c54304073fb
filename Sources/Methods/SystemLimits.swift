import JSON
import JSONRPC
import Repositories

/// `system.limits`
package struct SystemLimits: ImmediateMethod {
    package static let name = "system.limits"
    private let limits: Limits

    package init(limits: Limits) {
        self.limits = limits
    }

    package func answer(_ params: Value, to writer: inout Writer) {
        writer.object { result in
            result.member("maximumLineBytes", Int64(limits.maximumLineBytes))
            result.member("maximumDepth", Int64(limits.maximumDepth))
            result.member("maximumNumberBytes", Int64(limits.maximumNumberBytes))
            result.member("maximumIdBytes", Int64(limits.maximumIDBytes))
            result.member("maximumDeadlineMs", Int64(limits.maximumDeadlineMilliseconds))
            result.member("maximumBatchItems", Int64(limits.maximumBatchItems))
            result.member("maximumViolations", Int64(limits.maximumViolations))
            result.member("readBytes", Int64(limits.readBytes))
            result.member("callsInGroup", Int64(limits.callsInGroup))
            result.member("answerBytesInGroup", Int64(limits.answerBytesInGroup))
            result.member("groupsInLane", Int64(limits.groupsInLane))
            result.member("callsInFlight", Int64(limits.callsInFlight))
            result.member("bytesInFlight", Int64(limits.bytesInFlight))
            result.member("outputBytes", Int64(limits.outputBytes))
            result.key("requestTimeoutMs")
            if let timeout = limits.requestTimeoutMilliseconds { result.number(timeout) } else { result.null() }
            result.member("busy", limits.refusesWhenBusy ? "refuse" : "wait")
            result.member("retryAfterMs", Int64(limits.retryAfterMilliseconds))
            result.member("historyEvents", Int64(Repositories.EventHistory.maximumEvents))
        }
    }
}
