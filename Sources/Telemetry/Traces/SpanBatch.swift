import Encodings
import Glibc
import JSON
import JSONRPC

/// A traced call on its way to the collector.
struct Span: Sendable {
    var traceHigh: UInt64
    var traceLow: UInt64
    /// The span of the caller; nil for the first of a trace.
    var parentID: UInt64?
    var call: CallReport
}

/// Spans as one request of OTLP/HTTP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`): names in lower camel
/// case, identifiers in hexadecimal, integers of 64 bits as texts.
struct SpanBatch {
    let spans: [Span]

    /// `SPAN_KIND_SERVER` and `STATUS_CODE_ERROR`.
    private static let (serverKind, errorStatus) = (2, 2)

    func body(
        serviceName: String, version: String, attributes: [(key: String, value: String)],
        random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let (wallNow, now) = (Int(time.tv_sec) * 1_000_000_000 + time.tv_nsec, ContinuousClock.now)
        var writer = Writer()
        writer.object { request in
            request.key("resourceSpans")
            request.array { resources in
                resources.object { resource in
                    resource.key("resource")
                    resource.object { item in
                        item.key("attributes")
                        item.array { list in
                            list.attribute("service.name", serviceName)
                            list.attribute("service.version", version)
                            list.attribute("process.pid", getpid())
                            for (key, value) in attributes { list.attribute(key, value) }
                        }
                    }
                    resource.key("scopeSpans")
                    resource.array { scopes in
                        scopes.object { scope in
                            scope.key("scope")
                            scope.object { item in
                                item.key("name")
                                item.string("creditd")
                                item.key("version")
                                item.string(version)
                            }
                            scope.key("spans")
                            scope.array { list in
                                for span in spans {
                                    let id = UInt64.random(in: 1...UInt64.max, using: &random)
                                    let start = wallNow - (now - span.call.arrival).nanoseconds
                                    Self.write(span, id: id, startNanoseconds: start, to: &list)
                                }
                            }
                        }
                    }
                }
            }
        }
        return writer.take()
    }

    private static func write(_ span: Span, id: UInt64, startNanoseconds: Int, to writer: inout Writer) {
        let call = span.call
        writer.object { item in
            item.key("traceId")
            item.string(TraceParent.hexadecimal(span.traceHigh, 16) + TraceParent.hexadecimal(span.traceLow, 16))
            item.key("spanId")
            item.string(TraceParent.hexadecimal(id, 16))
            if let parent = span.parentID {
                item.key("parentSpanId")
                item.string(TraceParent.hexadecimal(parent, 16))
            }
            item.key("name")
            item.string(call.method)
            item.key("kind")
            item.number(serverKind)
            item.key("startTimeUnixNano")
            item.string(String(startNanoseconds))
            item.key("endTimeUnixNano")
            item.string(String(startNanoseconds + call.time.nanoseconds))
            item.key("attributes")
            item.array { list in
                list.attribute("rpc.system.name", "jsonrpc")
                list.attribute("rpc.method", call.method)
                list.attribute("creditd.queue.microseconds", Int32(clamping: call.queueTime.nanoseconds / 1000))
                if let error = call.error {
                    list.attribute("error.type", error.reason)
                    list.attribute("rpc.response.status_code", String(error.code.rawValue))
                }
            }
            if call.error != nil {
                item.key("status")
                item.object { status in
                    status.key("code")
                    status.number(errorStatus)
                }
            }
        }
    }
}

extension Duration {
    /// The whole nanoseconds.
    var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}

extension Writer {
    fileprivate mutating func attribute(_ key: String, _ value: String) {
        object { item in
            item.key("key")
            item.string(key)
            item.key("value")
            item.object { typed in
                typed.key("stringValue")
                typed.string(value)
            }
        }
    }

    fileprivate mutating func attribute(_ key: String, _ value: Int32) {
        object { item in
            item.key("key")
            item.string(key)
            item.key("value")
            item.object { typed in
                typed.key("intValue")
                typed.string(String(value))
            }
        }
    }
}
