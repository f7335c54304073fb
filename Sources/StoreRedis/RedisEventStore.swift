import Bureau
import Glibc
import Repositories

/// Base C on a Redis or Valkey server, or on a Redis Cluster.
///
/// A write is as durable as the server makes it (`appendfsync`). Every call ends within two seconds. While the server
/// is away, calls fail at once; when the server is back, calls are served again without a restart. A cancelled call
/// discards the commands that are not sent yet; the others are answered in order, because no reply can be skipped.
/// `schema/redis/record_event.lua` describes the layout of the keys.
package final class RedisEventStore: EventRepository {
    let topology: any RedisTopology
    let connector: RedisConnector
    private let commands: EventCommands

    /// Opens the store and attempts to connect once, for at most a second for each server of the URL. The store opens
    /// without a server that cannot be reached; a server that refuses is an error.
    ///
    /// - Parameters:
    ///   - url: a URL in one of the forms that `RedisURL` describes.
    ///   - script: the text of `record_event.lua`.
    ///   - environment: holds `CREDITD_REDIS_USERNAME` and `CREDITD_REDIS_PASSWORD`.
    package init(url: String, script: String, environment: [String: String]) throws(StoreOpenError) {
        let url = try RedisURL(url)
        let script = RecordingScript(script)
        connector = RedisConnector(
            tls: url.usesTLS ? try TLSContext(authoritiesPath: url.authoritiesPath) : nil,
            credentials: try .from(environment), database: url.database, script: script)
        topology =
            url.isCluster
            ? try ClusterTopology(url.endpoints, connector)
            : try SingleServer(url.endpoints[0], connector, connections: url.connections)
        commands = EventCommands(script: script, retentionDays: url.retentionDays, usesSlots: url.isCluster)
    }

    /// The fault that an operator should see beside `health`: what keeps a server from being used, or the last refusal
    /// since its connection was opened. Nil without any.
    package var fault: RedisFault? { topology.fault }

    /// Records events; neighbouring events about one subject share one run of the script, in their order.
    ///
    /// A batch whose connection breaks is sent once more when the next connection opens in time. An event that the
    /// first sending has recorded is then reported as `duplicate`, and is stored once.
    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        let runs = EventCommands.runs(of: events)
        let requests = commands.record(events, runs: runs, today: Int64(time(nil)) / 86_400)
        return try await run(requests, RecordDecoder(runs: runs), writes: true).flatMap(\.self)
    }

    package func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await run(commands.latest(tokens), LatestDecoder())
    }

    package func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        let entries = try await run(commands.entries(queries), EntriesDecoder(queries: queries))
        let filled = entries.indices.filter { !entries[$0].isEmpty }
        let bodies = try await run(
            commands.bodies(filled.map { (queries[$0].token, entries[$0].map(\.position.eventID)) }), BodiesDecoder())
        var pages = [[EventRecord]](repeating: [], count: queries.count)
        for (index, bodies) in zip(filled, bodies) {
            guard bodies.count == entries[index].count else { throw .corrupt(.c) }
            pages[index] = zip(entries[index], bodies).compactMap { entry, body in
                body.map { body in
                    EventRecord(
                        token: queries[index].token, kind: entry.kind, occurredAt: entry.position.occurredAt,
                        eventID: entry.position.eventID, body: body)
                }
            }
        }
        return pages
    }

    private func run<Decoder: ReplyDecoder>(
        _ requests: CommandBuffer, _ decoder: Decoder, writes: Bool = false
    ) async throws(StoreError) -> [Decoder.Value] {
        try await RedisCall.run(requests, on: topology, decoder, script: connector.script, writes: writes)
    }
}
