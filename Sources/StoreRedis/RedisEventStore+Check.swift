import Bureau
import Glibc
import Platform
import Repositories

extension RedisEventStore {
    /// Records, reads and removes an event of a subject that nobody is, once on each primary. What is asked beyond that
    /// is left out when the user has no right to it.
    public func check() async -> [StoreCheck] {
        guard let cluster = topology.cluster else { return await check(topology.targets[0], of: nil) }
        var checks: [StoreCheck] = []
        for node in cluster.nodes { checks += await check(.server(node), of: node) }
        guard checks.isEmpty else { return checks }
        return [StoreCheck("finds the nodes of the cluster", .failed(topology.fault ?? .clusterDown))]
    }

    /// - Parameter node: the master of a cluster.
    private func check(_ target: RedisTarget, of node: RedisEndpoint?) async -> [StoreCheck] {
        let place = node.map { " on \($0)" } ?? ""
        let report = await OSThread.run { self.ask(target) } ?? .failure(.system(EAGAIN))
        switch report {
        case .failure(let fault): return [StoreCheck("connects" + place, .failed(fault))]
        case .success(let report) where report.mismatch != nil:
            return [StoreCheck("connects" + place, .failed(report.mismatch ?? .other(code: "ERR")))]
        case .success(let report):
            return [report.role(place)] + (await walk(on: node, place)) + [report.eviction(place)]
        }
    }

    private func ask(_ target: RedisTarget) -> Result<ServerReport, RedisFault> {
        Result { () throws(RedisFault) in
            let deadline = ContinuousClock.now + connector.times.connect
            let replies = try connector.connect(to: target, until: deadline).ask(
                [["ROLE"], ["CLUSTER", "INFO"], ["INFO", "memory"], ["CONFIG", "GET", "maxmemory-policy"]],
                until: deadline)
            return ServerReport(
                mismatch: topology.mismatch(replies[1]), role: replies[0].elements?.first?.text,
                evictionPolicy: replies[2].text?.infoValue("maxmemory_policy").map { String($0) }
                    ?? replies[3].elements?.last?.text)
        }
    }

    /// Takes the way of requests: the same connections, commands and script.
    private func walk(on node: RedisEndpoint?, _ place: String) async -> [StoreCheck] {
        guard let event = probe(on: node) else { return [] }
        var checks: [StoreCheck] = []
        // Keys without a right to remove them vanish after a day.
        let commands = EventCommands(script: connector.script, retentionDays: 0, usesSlots: topology.cluster != nil)
        func step<Decoder: ReplyDecoder>(
            _ what: String, _ requests: CommandBuffer, _ decoder: Decoder, isRight: ([Decoder.Value]) -> Bool
        ) async -> Bool {
            let call = await run(requests, decoder)
            let fault = call.failures.min { $0.key < $1.key }?.value.fault
            let failure = fault ?? (isRight(call.values) ? nil : .wrongData(code: "WRONGTYPE"))
            checks.append(StoreCheck(what + place, failure.map { .failed($0) } ?? .passed(note: nil)))
            return failure == nil
        }
        let recording = commands.record([event], runs: [0..<1], now: .now)
        let isRecorded = await step("records an event", recording, RecordDecoder(runs: [0..<1])) { $0 == [[.recorded]] }
        guard isRecorded else { return checks }
        let query = HistoryQuery(token: event.token, kind: nil, before: nil, limit: 1)
        let removal = EventRemoval(token: event.token, eventID: event.eventID)
        _ = await step("reads the latest events", commands.latest([event.token]), LatestDecoder(write: write)) {
            $0.first?.movement == event.body[...]
        }
        let history = HistoryDecoder(queries: [query], write: write)
        _ = await step("reads a history", commands.history([query]), history) { pages in
            if case .events(let events)? = pages.first { events.map(\.eventID) == [event.eventID] } else { false }
        }
        _ = await step("removes an event", commands.remove([removal]), RemovalDecoder()) { $0 == [.removed] }
        return checks + [await renaming(event, commands, place)]
    }

    /// Takes the way of a subject whose token changes, and leaves nothing.
    private func renaming(_ event: EventRecord, _ commands: EventCommands, _ place: String) async -> StoreCheck {
        let what = "keeps a subject under another token" + place
        let other = SubjectToken(keyNumber: .max) { bytes in
            for index in bytes.indices { bytes[index] = .random(in: 0...255) }
        }
        let subject = SubjectRename(from: event.token, to: other)
        var requests = commands.record([event], runs: [0..<1], now: .now)
        requests.append(0, of: KeyCommands.scan(topology.walk.beginning, limit: 1))
        var outcome = StoreCheck.Outcome.passed(note: nil)
        do throws(StoreError) {
            try await change(requests)
            try await rename([subject])
        } catch {
            outcome = .failed(error.reason ?? StoreReason(.wrongData(code: "WRONGTYPE")), remedy: Self.renamingRemedy)
        }
        for token in [subject.from, subject.to] {
            let removal = EventRemoval(token: token, eventID: event.eventID)
            _ = await run(commands.remove([removal]), RemovalDecoder())
        }
        _ = await run(commands.forget(subject), SkippingDecoder())
        return StoreCheck(what, outcome)
    }

    private static let renamingRemedy = "Give the user the commands that README lists for Redis, by ACL SETUSER."

    /// An event of a subject that nobody is; in a cluster of one whose keys lie on `node`.
    private func probe(on node: RedisEndpoint?) -> EventRecord? {
        guard let time = Instant(microsecondsSinceEpoch: 0), let id = EventID("doctor") else { return nil }
        for _ in 0..<100_000 {
            let bytes = (0..<SubjectToken.byteCount).map { _ in UInt8.random(in: 0...255) }
            guard let token = bytes.withUnsafeBytes(SubjectToken.init(bytes:)) else { return nil }
            guard node == nil || topology.cluster?.owner(of: commands.slot(of: token)) == node else { continue }
            return EventRecord(token: token, kind: .movement, occurredAt: time, eventID: id, body: Array("{}".utf8))
        }
        return nil
    }
}

/// What a server tells of itself; nil for what the user may not ask.
private struct ServerReport: Sendable {
    let mismatch: RedisFault?
    let role: String?
    let evictionPolicy: String?

    func role(_ place: String) -> StoreCheck {
        guard let role else { return StoreCheck("is a primary" + place, .passed(note: "the user may not ask by ROLE")) }
        return StoreCheck("is a primary" + place, role == "master" ? .passed(note: nil) : .failed(.readOnly))
    }

    /// Every key has a lifetime, so that each policy but one drops events that were answered.
    func eviction(_ place: String) -> StoreCheck {
        let what = "keeps what it has answered" + place
        switch evictionPolicy {
        case nil: return StoreCheck(what, .passed(note: "the user may not ask for maxmemory-policy by INFO memory"))
        case "noeviction": return StoreCheck(what, .passed(note: nil))
        case let policy?:
            return StoreCheck(
                what,
                .failed(
                    StoreReason(.failed, "maxmemory-policy is \(policy), which drops events when the memory is full"),
                    remedy: "Set maxmemory-policy to noeviction."))
        }
    }
}

extension StoreCheck.Outcome {
    fileprivate static func failed(_ fault: RedisFault) -> Self {
        .failed(StoreReason(fault), remedy: fault.remedy ?? "Try again; if it stays, look into the log of Redis.")
    }
}
