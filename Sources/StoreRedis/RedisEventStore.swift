import Bureau
import Glibc
import Repositories

/// Base C on a Redis or Valkey server, or on a Redis Cluster.
///
/// A write is as durable as the server makes it (`appendfsync`). Every call ends within two seconds; while the server
/// is away calls fail at once, and they are served again without a restart when it is back. When the task of a call is
/// cancelled, what is not sent yet is dropped; what is sent is answered in its order, because no reply can be passed
/// over. The layout of the keys is told in `schema/redis/record_event.lua`.
package final class RedisEventStore: EventRepository {
    private let fleet: any Fleet
    private let access: Access
    private let commands: EventCommands
    private let script: [UInt8]

    /// Opens the store and makes a first attempt to connect, for a second at most for each server of the URL. A server
    /// that is not there yet is no error; one that answers and will not do is.
    ///
    /// - Parameters:
    ///   - url: `redis://[host[:port]][/db]`, `rediss://…` (TLS), `redis+cluster://h1:p1,h2:p2,…` or
    ///     `rediss+cluster://…`, with the options `connections` (1 to 64, 1 by default; not for a cluster),
    ///     `retention_days` (400 by default) and, with TLS, `cacert` (a PEM file instead of the system's authorities).
    ///   - script: the text of `record_event.lua`.
    ///   - environment: `CREDITD_REDIS_USERNAME` and `CREDITD_REDIS_PASSWORD` are taken from it.
    package init(url: String, script: String, environment: [String: String]) throws(RedisOpenError) {
        let url = try RedisURL(url)
        let access = Access(
            tls: url.usesTLS ? try TLSContext(authoritiesPath: url.authoritiesPath) : nil,
            credentials: try .from(environment), database: url.database, script: script)
        self.access = access
        self.script = Array(script.utf8)
        fleet =
            url.isCluster
            ? try Cluster(url.endpoints, access)
            : try SingleServer(url.endpoints[0], access, connections: url.connections)
        commands = EventCommands(
            scriptName: ScriptName.of(self.script), retentionDays: url.retentionDays, usesSlots: url.isCluster)
    }

    /// What keeps a server from being used, or what one last refused a command for since its connection was opened; for
    /// an operator, beside `health`. Nil when nothing did.
    package var fault: RedisFault? { fleet.fault }

    /// Records events; neighbouring ones about one subject in one run of the script, in their order.
    ///
    /// A batch whose connection breaks is sent once more when the next is there in time. An event that the first
    /// sending has recorded is then told as `duplicate`: it is there, once.
    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        let runs = EventRuns.split(events)
        let requests = commands.record(events, runs: runs, today: Int64(time(nil)) / 86_400)
        let outcomes = try await Call.run(
            requests, to: fleet, RecordDecoder(runs: runs), script: script, writes: true)
        return outcomes.flatMap(\.self)
    }

    package func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await Call.run(commands.latest(tokens), to: fleet, LatestDecoder(), script: script, writes: false)
    }

    package func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        let places = try await Call.run(
            commands.places(queries), to: fleet, PlacesDecoder(queries: queries), script: script, writes: false)
        let filled = places.indices.filter { !places[$0].isEmpty }
        let bodies = try await Call.run(
            commands.bodies(filled.map { (queries[$0].token, places[$0].map(\.position.eventID)) }),
            to: fleet, BodiesDecoder(), script: script, writes: false)
        var pages = [[EventRecord]](repeating: [], count: queries.count)
        for (index, bodies) in zip(filled, bodies) {
            guard bodies.count == places[index].count else { throw .corrupt(.c) }
            pages[index] = zip(places[index], bodies).compactMap { place, body in
                body.map { body in
                    EventRecord(
                        token: queries[index].token, kind: place.kind, occurredAt: place.position.occurredAt,
                        eventID: place.position.eventID, body: body)
                }
            }
        }
        return pages
    }

    package func health() async -> StoreHealth {
        await HealthCheck(access, fleet.endpoints, isCluster: fleet.usesSlots).run()
    }
}
