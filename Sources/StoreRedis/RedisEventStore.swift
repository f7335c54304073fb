import Bureau
import Glibc
import Repositories

/// Base C on a Redis or Valkey server, or on a Redis Cluster.
///
/// A write is as durable as the server makes it (`appendfsync`). Every call ends within the URL's timeout. While the
/// server is away, calls fail at once; when it is back, calls are served again without a restart. A cancelled call
/// discards the commands that are not sent yet; the others are answered in order, because no reply can be skipped.
/// `schema/redis/record_event.lua` describes the layout of the keys.
package final class RedisEventStore: EventRepository {
    let topology: any RedisTopology
    let connector: RedisConnector
    let commands: EventCommands

    /// Opens the store and connects, within the URL's connect_timeout for each server of the URL. A server that cannot
    /// be reached or refuses is an error. Later the store outlives any loss of its servers.
    ///
    /// - Parameters:
    ///   - url: a URL in one of the forms that `RedisURL` describes.
    ///   - script: the text of `record_event.lua`.
    ///   - environment: holds the variables that `RedisLogin` describes, and those of the sentinels.
    package init(url: String, script: String, environment: [String: String]) throws(StoreOpenError) {
        let url = try RedisURL(url)
        let script = RecordingScript(script)
        var tls: TLSIdentity?
        if let files = url.tls { tls = try TLSIdentity(files) }
        connector = RedisConnector(
            tls: tls, login: try .from(environment), database: url.database, script: script, times: url.times)
        switch url.form {
        case .cluster: topology = try ClusterTopology(url.endpoints, connector)
        case .server, .unix:
            topology = try SingleServer(.server(url.endpoints[0]), connector, connections: url.connections)
        case .sentinel(let name):
            let login = try RedisLogin.from(environment, prefix: "CREDITD_REDIS_SENTINEL")
            let sentinels = url.endpoints.map {
                Sentinel(endpoint: $0, name: name, login: login, tls: tls, times: url.times)
            }
            let group = try SentinelGroup(sentinels, name: name)
            topology = try SingleServer(.primary(group), connector, connections: url.connections)
        }
        commands = EventCommands(script: script, retentionDays: url.retentionDays, usesSlots: url.isCluster)
    }

    /// Records events; neighbouring events about one subject share one run of the script, in their order.
    ///
    /// A batch whose connection breaks is sent once more when the next connection opens in time. An event that the
    /// first sending has recorded is then reported as `duplicate`, and is stored once.
    package func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        let runs = EventCommands.runs(of: events)
        let requests = commands.record(events, runs: runs, today: Int64(time(nil)) / 86_400)
        let call = await run(requests, RecordDecoder(runs: runs))
        if call.failures.isEmpty { return call.values.flatMap(\.self) }
        let errors = call.failures.mapValues { $0.storeError(writes: true) }
        // What fails all events alike is the failure of the store.
        if let error = errors[0], error != .corrupt(.c), errors.count == runs.count,
            errors.values.allSatisfy({ $0 == error })
        {
            throw error
        }
        return runs.indices.flatMap { index in
            errors[index].map { Array(repeating: .failed($0), count: runs[index].count) } ?? call.values[index]
        }
    }

    package func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        try await read(commands.latest(tokens), LatestDecoder())
    }

    package func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        let entries = try await read(commands.entries(queries), EntriesDecoder(queries: queries))
        let filled = entries.indices.filter { !entries[$0].isEmpty }
        let bodies = try await read(
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

    /// Reads the certificates anew; a password file is read for each connection in any case.
    package func reloadCredentials() {
        connector.tls?.reload()
    }

    /// Runs commands that only read. A server that is away is named before data that is damaged.
    func read<Decoder: ReplyDecoder>(
        _ requests: CommandBuffer, _ decoder: Decoder
    ) async throws(StoreError) -> [Decoder.Value] {
        let call = await run(requests, decoder)
        let failures = call.failures.values
        if let failure = failures.first(where: { $0 != .corrupt }) ?? failures.first {
            throw failure.storeError(writes: false)
        }
        return call.values
    }

    func run<Decoder: ReplyDecoder>(_ requests: CommandBuffer, _ decoder: Decoder) async -> RedisCall<Decoder> {
        await RedisCall.run(
            requests, on: topology, decoder, script: connector.script, deadline: .now + connector.times.call)
    }
}
