import Bureau
import JSON
import JSONRPC
import Repositories

/// `system.health`
package struct SystemHealth: Method {
    package static let name = "system.health"
    package let footprint = Footprint()
    package let isUrgent = true
    private let stores: [any Store]

    package init(stores: [any Store]) {
        self.stores = stores
    }

    package static func subject(of params: Value) -> UInt64? { nil }

    package func decode(_ params: Value) throws(Failure) {}

    /// One look at the stores answers everybody who asks at the same time.
    package func call(_ group: [Void]) async -> [Outcome<[StoreHealth]>] {
        let health = await withTaskGroup(of: StoreHealth.self) { tasks in
            for store in stores { tasks.addTask { await store.health() } }
            return await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.base.rawValue < $1.base.rawValue }
        }
        return group.map { .success(health) }
    }

    package func write(_ bases: [StoreHealth], to writer: inout Writer) {
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
                    }
                }
            }
        }
    }
}
