import Bureau
import JSON
import JSONRPC
import Repositories
import Services

/// `event.latest`
package struct EventLatest: SubjectMethod {
    package static let name = "event.latest"
    package let footprint = Footprint(reads: .c)
    package let isUrgent = true
    private let events: EventService

    package init(events: EventService) {
        self.events = events
    }

    package func decode(_ params: Value) throws(Failure) -> CPF {
        try ObjectReader(params).required("cpf")
    }

    package func call(_ group: [CPF]) async -> [Outcome<LatestEvents>] {
        await events.latest(group).map(\.outcome)
    }

    package func write(_ latest: LatestEvents, to writer: inout Writer) {
        latest.write(to: &writer)
    }
}
