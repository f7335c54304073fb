import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// `model.monitor`, for roles with the duty of its contract.
    static func monitoring(_ monitor: MonitorService, _ accesses: MethodAccesses) -> [Method] {
        let decider = accesses.of("model.monitor")
        let decide = { @Sendable (request: MonitorRequest) -> Result<Void, ServiceError> in
            let decision = decider.authorise(request.access)
            if case .failure = decision { monitor.noteDenied(request.access) }
            return decision
        }
        return [
            .grouped(
                "model.monitor", footprint: Footprint(reads: .b), answerBytes: 8192,
                subject: { _ in nil },
                decode: { (value, _) throws(Failure) in try MonitorRequest(ObjectReader(value, of: decider)) },
                authorise: { (request) throws(Failure) in try decide(request).outcome.get() },
                call: { group in
                    var outcomes: [Result<ModelMonitor, ServiceError>] = []
                    for request in group {
                        switch decide(request) {
                        case .success: outcomes.append(await monitor.monitor(request))
                        case .failure(let error): outcomes.append(.failure(error))
                        }
                    }
                    return outcomes
                },
                failure: { Failure(of: $0) },
                write: { $0.write(to: &$1) })
        ]
    }
}

extension MonitorRequest {
    fileprivate init(_ reader: ObjectReader) throws(Failure) {
        let window = InstantSpan(from: try reader.required("from"), to: try reader.required("to"))
        guard window.from < window.to else {
            throw .invalidParams(at: "/to", reason: "not_after_from", accepted: "a later time than /from")
        }
        var baseline: InstantSpan?
        if let from: Instant = try reader.optional("baselineFrom") {
            guard let to: Instant = try reader.optional("baselineTo") else { throw reader.missing("baselineTo") }
            guard from < to else {
                throw .invalidParams(
                    at: "/baselineTo", reason: "not_after_from", accepted: "a later time than /baselineFrom")
            }
            baseline = InstantSpan(from: from, to: to)
        } else if let _: Instant = try reader.optional("baselineTo") {
            throw reader.missing("baselineFrom")
        }
        self.init(
            access: try reader.readAccess(), model: reader.optionalText("model"), window: window, baseline: baseline)
    }
}

extension ModelMonitor {
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.key("model")
            result.object { model.writeMembers(to: &$0) }
            Self.write("window", window, to: &result)
            Self.write("baseline", baseline, to: &result)
            if let stability {
                result.key("psi")
                stability.write(to: &result)
            }
            result.key("characteristics")
            result.array { list in
                for characteristic in characteristics {
                    list.object { item in
                        item.member("characteristic", characteristic.name)
                        guard let stability = characteristic.stability else { return }
                        item.key("csi")
                        stability.write(to: &item)
                        item.key("missing")
                        item.object { shares in
                            for (reason, share) in characteristic.missing {
                                shares.key(reason.rawValue)
                                shares.double(share)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func write(_ name: StaticString, _ scored: Scored, to writer: inout Writer) {
        writer.key(name)
        writer.object { item in
            item.member("from", scored.span.from)
            item.member("to", scored.span.to)
            item.member("scores", Int64(scored.count))
            item.member("complete", scored.isComplete)
        }
    }
}

extension Writer {
    /// A number by the shortest text that reads back as the same.
    fileprivate mutating func double(_ value: Double) {
        Array(value.shortText.utf8).withUnsafeBufferPointer { verbatim($0) }
    }
}

extension StabilityIndex {
    fileprivate func write(to writer: inout Writer) {
        writer.object { item in
            item.key("value")
            item.double(value)
            item.key("meanByChance")
            item.double(meanByChance)
            item.key("limitByChance")
            item.double(limitByChance)
            item.member("reading", reading.rawValue)
        }
    }
}
