import Bureau
import JSON
import JSONRPC
import Repositories

extension Method {
    /// The methods of the namespaces `system` and `rpc`, which touch no record.
    ///
    /// `contracts` is the digest of the contracts.
    static func system(
        stores: [any Store], limits: Limits, openRPC: OpenRPCDocument, contracts: String
    ) -> [Method] {
        [
            .grouped(
                "system.health", isUrgent: Bases().isUrgent,
                decode: { _, _ in },
                call: { group in
                    // The group is answered by one look at the stores.
                    let health = await health(of: stores)
                    return group.map { .success(health) }
                },
                failure: { (failure: Failure) in failure },
                write: writeHealth),
            ping,
            .immediate("system.echo", takesArrays: true) { params, writer in writer.value(params) },
            .immediate("system.limits") { _, writer in limits.write(to: &writer) },
            .immediate("system.version") { _, writer in
                writer.object { result in
                    result.member("name", "creditd")
                    result.member("version", openRPC.version)
                    result.member("contracts", contracts)
                }
            },
            // OpenRPC 1.3, service discovery method.
            .immediate("rpc.discover") { _, writer in openRPC.write(to: &writer) },
        ]
    }

    /// `system.ping`
    public static var ping: Method {
        .immediate("system.ping") { _, writer in writer.raw(#""pong""#) }
    }

    /// Asks all stores at once for their health, and orders them by base.
    private static func health(of stores: [any Store]) async -> [StoreHealth] {
        await withTaskGroup(of: StoreHealth.self) { tasks in
            for store in stores { tasks.addTask { await store.health() } }
            return await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.base.rawValue < $1.base.rawValue }
        }
    }

    private static func writeHealth(_ bases: [StoreHealth], to writer: inout Writer) {
        writer.object { result in
            result.member("status", bases.allSatisfy(\.isReady) ? "ok" : "degraded")
            result.key("bases")
            result.array { list in
                for health in bases {
                    list.object { item in
                        item.member("base", health.base.rawValue)
                        item.member("ready", health.isReady)
                        item.optional("engine", health.engine)
                        if let isEncrypted = health.isEncrypted { item.member("tls", isEncrypted) }
                        item.member("roundTripMicroseconds", health.roundTripMicroseconds)
                        item.member("migrationsApplied", Int64(health.migrationsApplied))
                        item.member("migrationsKnown", Int64(health.migrationsKnown))
                        if let reason = health.reason {
                            item.member("cause", reason.cause.rawValue)
                            item.optional("code", reason.code)
                            item.member("reason", reason.detail)
                        }
                    }
                }
            }
        }
    }
}

extension Limits {
    /// Appends the result of `system.limits`.
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("maximumLineBytes", Int64(maximumLineBytes))
            result.member("maximumDepth", Int64(maximumDepth))
            result.member("maximumNumberBytes", Int64(maximumNumberBytes))
            result.member("maximumIdBytes", Int64(maximumIDBytes))
            result.member("maximumDeadlineMs", Int64(maximumDeadlineMilliseconds))
            result.member("maximumBatchItems", Int64(maximumBatchItems))
            result.member("maximumViolations", Int64(maximumViolations))
            result.member("readBytes", Int64(readBytes))
            result.member("callsInGroup", Int64(callsInGroup))
            result.member("answerBytesInGroup", Int64(bytesInGroup))
            result.member("groupsInLane", Int64(groupsInLane))
            result.member("bytesRunning", Int64(bytesRunning))
            result.member("callsInFlight", Int64(callsInFlight))
            result.member("bytesInFlight", Int64(bytesInFlight))
            result.member("outputBytes", Int64(outputBytes))
            result.key("requestTimeoutMs")
            if let timeout = requestTimeoutMilliseconds { result.number(timeout) } else { result.null() }
            result.member("busy", refusesWhenBusy ? "refuse" : "wait")
            result.member("retryAfterMs", Int64(retryAfterMilliseconds))
            result.member("openDebts", Int64(DebtLimits.maximumOpenDebts))
            result.member("debts", Int64(DebtLimits.maximumDebts))
            result.member("payments", Int64(DebtLimits.maximumPayments))
            result.member("historyEvents", Int64(EventHistory.maximumEvents))
            result.member("historyQueries", Int64(EventHistory.maximumQueries))
            result.member("historyQueryDays", Int64(EventHistory.queryDays))
        }
    }
}
