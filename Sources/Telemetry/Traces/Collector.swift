import CCurl
import Glibc
import JSON

/// An OTLP/HTTP endpoint, asked by libcurl. Belongs to one thread.
///
/// Unchecked because it is made by the thread that starts the one to which it then belongs.
final class Collector: @unchecked Sendable {
    enum Outcome {
        /// The spans were taken, but for those that the collector has rejected.
        case taken(rejected: Int)
        /// `mayPass` tells whether the same request may be sent again.
        case refused(String, mayPass: Bool, retryAfterSeconds: Int?)
    }

    /// How long a connection may take.
    private static let connectMilliseconds = 3000
    /// The longest answer that is read.
    private static let mostBytes = 64 << 10
    /// The statuses after which a request may be sent again (OTLP specification, "Retryable response codes").
    private static let passingStatuses = [429, 502, 503, 504]

    private let multi: UnsafeMutableRawPointer
    private let easy: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var answer: [UInt8] = []

    /// Nil when libcurl cannot be started.
    init?(_ settings: TraceSettings) {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init() else { return nil }
        guard let easy = curl_easy_init() else {
            curl_multi_cleanup(multi)
            return nil
        }
        self.multi = multi
        self.easy = easy
        for line in ["Content-Type: application/json", "Expect:"] + settings.headers {
            headers = curl_slist_append(headers, line)
        }
        _ = creditd_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
        _ = creditd_curl_set_string(easy, CURLOPT_URL, settings.endpoint)
        _ = creditd_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = creditd_curl_set_string(easy, CURLOPT_USERAGENT, "creditd")
        _ = creditd_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // The end of the process does not wait for a name that is being looked up.
        _ = creditd_curl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        _ = creditd_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Self.connectMilliseconds)
        _ = creditd_curl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, settings.timeout.nanoseconds / 1_000_000))
        if let file = settings.certificateFile { _ = creditd_curl_set_string(easy, CURLOPT_CAINFO, file) }
        _ = creditd_curl_set_write(
            easy,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
                return collector.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        curl_slist_free_all(headers)
    }

    /// Posts a body and waits for the answer, but never beyond `end`, which may come while it waits.
    func post(_ body: [UInt8], end: () -> ContinuousClock.Instant?) -> Outcome {
        answer = []
        body.withUnsafeBytes { _ = creditd_curl_set_body(easy, $0.baseAddress, $0.count) }
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            return .refused("libcurl has no memory", mayPass: false, retryAfterSeconds: nil)
        }
        defer { curl_multi_remove_handle(multi, easy) }
        while true {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            var left: Int32 = 0
            if let message = curl_multi_info_read(multi, &left), message.pointee.msg == CURLMSG_DONE {
                return outcome(creditd_curl_message_result(message))
            }
            if let end = end(), end <= .now {
                return .refused("no answer before the end of the process", mayPass: false, retryAfterSeconds: nil)
            }
            curl_multi_poll(multi, nil, 0, 50, nil)
        }
    }

    private func outcome(_ code: CURLcode) -> Outcome {
        guard code == CURLE_OK else {
            let reason = curl_easy_strerror(code).map { String(cString: $0) } ?? "libcurl failed"
            // Without an answer nothing is known to be taken; a collector knows a span that comes twice by its name.
            let isTrust = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
            return .refused(reason, mayPass: !isTrust, retryAfterSeconds: nil)
        }
        var status = 0
        _ = creditd_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        if (200...299).contains(status) { return .taken(rejected: rejectedSpans) }
        var seconds = 0
        _ = creditd_curl_get_long(easy, CURLINFO_RETRY_AFTER, &seconds)
        return .refused(
            "status \(status)", mayPass: Self.passingStatuses.contains(status),
            retryAfterSeconds: seconds > 0 ? seconds : nil)
    }

    /// The spans of a partial success, which are never sent again.
    private var rejectedSpans: Int {
        guard let document = try? Document(answer) else { return 0 }
        return document.withRoot { root in
            guard root.kind == .object, let partial = root["partialSuccess"], partial.kind == .object,
                let count = partial["rejectedSpans"]
            else { return 0 }
            if let number = count.int64 { return Int(clamping: max(0, number)) }
            guard count.kind == .string else { return 0 }
            return count.withUTF8 { max(0, Int(String(decoding: $0, as: UTF8.self)) ?? 0) }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        if answer.count + bytes.count <= Self.mostBytes { answer.append(contentsOf: bytes) }
        return bytes.count
    }
}
