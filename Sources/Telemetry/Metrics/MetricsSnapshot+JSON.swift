import Bureau
import JSON
import JSONRPC
import Platform
import Repositories

extension MetricsSnapshot {
    /// Appends the result of `system.metrics`. Durations are in microseconds.
    public func write(to writer: inout Writer) {
        writer.object { result in
            result.key("version")
            result.string(version)
            result.key("process")
            process.write(to: &result)
            result.key("methods")
            result.array { list in
                for (method, counts) in methods { counts.write(method, to: &list) }
            }
            result.key("bases")
            result.array { list in
                for base in bases { base.write(to: &list) }
            }
            result.key("auditJournal")
            result.object { audit in
                audit.key("records")
                audit.number(journal.records)
                audit.key("bytes")
                audit.number(journal.bytes)
                audit.key("ageMilliseconds")
                audit.number(Int(journal.age / .milliseconds(1)))
            }
            if let spans { spans.write(to: &result) }
        }
    }
}

extension ProcessNumbers {
    fileprivate func write(to writer: inout Writer) {
        writer.object { process in
            process.key("startedAt")
            Instant(
                secondsSinceEpoch: Int64(startMilliseconds / 1000), microseconds: Int64(startMilliseconds % 1000 * 1000)
            ).withText { process.string(utf8: $0) }
            process.key("cpuMicroseconds")
            process.number(cpuMicroseconds)
            process.key("residentBytes")
            process.number(residentBytes)
            process.key("virtualBytes")
            process.number(virtualBytes)
            process.key("openDescriptors")
            process.number(openDescriptors)
            process.key("maximumDescriptors")
            process.number(maximumDescriptors)
        }
    }
}

extension MethodCounts {
    fileprivate func write(_ method: String, to writer: inout Writer) {
        writer.object { item in
            item.key("method")
            item.string(method)
            item.key("calls")
            item.number(calls)
            item.key("inFlight")
            item.number(inFlight)
            item.key("errors")
            item.array { list in
                for (kind, count) in errors.sorted(by: { $0.key < $1.key }) {
                    list.object { error in
                        error.key("code")
                        error.number(kind.code.rawValue)
                        error.key("reason")
                        error.string(kind.reason)
                        error.key("count")
                        error.number(count)
                    }
                }
            }
            item.key("requestBytes")
            item.number(requestBytes)
            item.key("responseBytes")
            item.number(responseBytes)
            item.key("queue")
            queueTime.write(to: &item)
            item.key("service")
            serviceTime.write(to: &item)
        }
    }
}

extension StoreNumbers {
    fileprivate func write(to writer: inout Writer) {
        writer.object { item in
            item.key("base")
            item.string(base.rawValue)
            item.key("ready")
            item.bool(reason == nil)
            if let reason {
                item.key("cause")
                item.string(reason.cause.rawValue)
            }
            item.key("losses")
            item.number(losses)
            item.key("failures")
            item.number(failures)
            item.key("retries")
            item.number(retries)
            item.key("time")
            time.write(to: &item)
        }
    }
}

extension DurationHistogram {
    /// Appends the histogram; buckets without a count are left out.
    fileprivate func write(to writer: inout Writer) {
        writer.object { histogram in
            histogram.key("count")
            histogram.number(count)
            histogram.key("sumMicroseconds")
            histogram.number(sumNanoseconds / 1000)
            histogram.key("buckets")
            histogram.array { list in
                for (index, count) in buckets.enumerated() where count > 0 {
                    list.object { bucket in
                        if index < Self.boundsMicroseconds.count {
                            bucket.key("upToMicroseconds")
                            bucket.number(Self.boundsMicroseconds[index])
                        }
                        bucket.key("count")
                        bucket.number(count)
                    }
                }
            }
        }
    }
}

extension SpanCounts {
    fileprivate func write(to writer: inout Writer) {
        writer.key("spans")
        writer.object { item in
            item.key("sent")
            item.number(sent)
            item.key("dropped")
            item.number(dropped)
            item.key("failed")
            item.number(failed)
        }
    }
}
