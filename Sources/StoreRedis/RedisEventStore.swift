import Bureau
import Glibc
import Repositories
import Synchronization

/// Base C on a Redis or Valkey server, or on a Redis Cluster.
///
/// A write is as durable as the server makes it (`appendfsync`). Every call ends within the URL's timeout. While the
/// server is away, calls fail at once; when it is back, calls are served again without a restart. A cancelled call
/// discards the commands that are not sent yet; the others are answered in order, because no reply can be skipped.
/// `schema/redis/event.lua` describes the layout of the keys.
public final class RedisEventStore: EventRepository {
    let topology: any RedisTopology
    private let retries = RetryCounter()
    let connector: RedisConnector
    let commands: EventCommands
    /// Writes the events that Redis keeps packed.
    let write: EventBody
    /// The receipts that the last page of `tokens` has met, by their keys in hexadecimal.
    let metReceipts = Mutex<[SubjectToken: [[UInt8]]]>([:])

    /// Opens the store and connects, within the URL's connect_timeout for each server of the URL. A server that cannot
    /// be reached or refuses is an error. Later the store outlives any loss of its servers.
    ///
    /// - Parameters:
    ///   - url: a URL in one of the forms that `RedisURL` describes.
    ///   - script: the text of `event.lua`.
    ///   - environment: holds the variables that `RedisLogin` describes, and those of the sentinels.
    ///   - write: writes an event as it is answered, because this module does not know the form on the wire.
    public init(
        url: String, script: String, environment: [String: String], write: @escaping EventBody
    ) throws(StoreOpenError) {
        self.write = write
        let url = try RedisURL(url)
        let script = EventScript(script)
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
    public func record(_ events: [EventRecord]) async throws(StoreError) -> [RecordOutcome] {
        let runs = EventCommands.runs(of: events)
        let requests = commands.record(events, runs: runs, now: events.last?.recordedAt ?? .now)
        let call = await run(requests, RecordDecoder(runs: runs))
        if call.failures.isEmpty { return call.values.flatMap(\.self) }
        let errors = try call.errors()
        return runs.indices.flatMap { index in
            errors[index].map { Array(repeating: .failed($0), count: runs[index].count) } ?? call.values[index]
        }
    }

    /// Removes events, each by a run of the script.
    public func remove(_ removals: [EventRemoval]) async throws(StoreError) -> [RemovalOutcome] {
        let call = await run(commands.remove(removals), RemovalDecoder())
        if call.failures.isEmpty { return call.values }
        let errors = try call.errors()
        return removals.indices.map { index in errors[index].map { .failed($0) } ?? call.values[index] }
    }

    public func latest(_ tokens: [SubjectToken]) async throws(StoreError) -> [LatestEvents] {
        let decoder = LatestDecoder(write: write)
        let call = await run(commands.latest(tokens), decoder)
        if call.failures.isEmpty { return call.values }
        // A key of another type may have the former layout; every other failure is told.
        let former = call.failures.keys.sorted()
        guard call.failures.values.allSatisfy({ $0 == .corrupt }) else { throw call.readError }
        try await upgrade(former.map { tokens[$0] })
        var latest = call.values
        for (index, found) in zip(former, try await read(commands.latest(former.map { tokens[$0] }), decoder)) {
            latest[index] = found
        }
        return latest
    }

    /// Reads pages, few histories at a time, because Redis answers with whole ones.
    public func history(_ queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        var pages: [[EventRecord]] = []
        for start in stride(from: 0, to: queries.count, by: RedisLimits.historiesInCall) {
            pages += try await readPages(of: Array(queries[start...].prefix(RedisLimits.historiesInCall)))
        }
        return pages
    }

    private func readPages(of queries: [HistoryQuery]) async throws(StoreError) -> [[EventRecord]] {
        var pages = [[EventRecord]](repeating: [], count: queries.count)
        var open = Array(queries.indices)
        for _ in 0..<2 where !open.isEmpty {
            let asked = open.map { queries[$0] }
            var former: [Int] = []
            let found = try await read(commands.history(asked), HistoryDecoder(queries: asked, write: write))
            for (index, page) in zip(open, found) {
                switch page {
                case .events(let events): pages[index] = events
                case .former: former.append(index)
                }
            }
            if !former.isEmpty { try await upgrade(former.map { queries[$0].token }) }
            open = former
        }
        guard open.isEmpty else { throw .corrupt(.c) }
        return pages
    }

    /// Reads all events, those of few subjects at a time, because Redis answers with whole histories.
    public func recent(_ queries: [RecentEventsQuery]) async throws(StoreError) -> [RecentEvents] {
        var found: [RecentEvents] = []
        for start in stride(from: 0, to: queries.count, by: RedisLimits.historiesInCall) {
            let part = Array(queries[start...].prefix(RedisLimits.historiesInCall))
            let isFormer = try await readRecent(part, into: &found)
            guard isFormer else { continue }
            try await upgrade(part.map(\.token))
            guard try await !readRecent(part, into: &found) else { throw .corrupt(.c) }
        }
        return found
    }

    /// Appends what is found, unless a subject's keys have the layout of the first version: then returns true.
    private func readRecent(
        _ queries: [RecentEventsQuery], into found: inout [RecentEvents]
    ) async throws(StoreError) -> Bool {
        let call = await run(commands.recent(queries.map(\.token)), RecentEventsDecoder(queries: queries))
        // A key of another type may have the former layout; every other failure is told.
        if !call.failures.isEmpty {
            guard call.failures.values.allSatisfy({ $0 == .corrupt }) else { throw call.readError }
            return true
        }
        var read: [RecentEvents] = []
        for (index, query) in queries.enumerated() {
            guard case .events(let events) = call.values[2 * index],
                case .dropped(let dropped) = call.values[2 * index + 1]
            else { return true }
            read.append(RecentEvents(events, dropped: dropped, now: query.now))
        }
        found += read
        return false
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await read(commands.receipts(keys), ReceiptDecoder())
    }

    /// Brings the keys of subjects into the present layout, each subject's at once.
    private func upgrade(_ tokens: [SubjectToken]) async throws(StoreError) {
        _ = try await read(commands.upgrade(tokens), SkippingDecoder())
    }

    public var retryCount: Int { retries.count }

    /// Reads the certificates anew; a password file is read for each connection in any case.
    public func reloadCredentials() {
        connector.tls?.reload()
    }

    /// Runs commands that only read. A server that is away is named before data that is damaged.
    func read<Decoder: ReplyDecoder>(
        _ requests: CommandBuffer, _ decoder: Decoder
    ) async throws(StoreError) -> [Decoder.Value] {
        let call = await run(requests, decoder)
        guard call.failures.isEmpty else { throw call.readError }
        return call.values
    }

    func run<Decoder: ReplyDecoder>(_ requests: CommandBuffer, _ decoder: Decoder) async -> RedisCall<Decoder> {
        let call = await RedisCall.run(
            requests, on: topology, decoder, script: connector.script, deadline: .now + connector.times.call)
        if call.resendCount > 0 { retries.add(call.resendCount) }
        return call
    }
}

extension RedisCall {
    /// The error of a call that only reads and has failures.
    fileprivate var readError: StoreError {
        let failures = failures.values
        let failure = failures.first { $0 != .corrupt } ?? failures.first ?? .corrupt
        return failure.storeError(writes: false)
    }

    /// The errors of the failed commands of a call that writes. What fails all alike is thrown: it is the failure of
    /// the store.
    fileprivate func errors() throws(StoreError) -> [Int: StoreError] {
        let errors = failures.mapValues { $0.storeError(writes: true) }
        if let error = errors[0], error != .corrupt(.c), errors.count == commands.count,
            errors.values.allSatisfy({ $0 == error })
        {
            throw error
        }
        return errors
    }
}

extension Instant {
    /// The reading of the system's clock, in seconds.
    static var now: Instant { Instant(secondsSinceEpoch: Int64(time(nil))) }
}
