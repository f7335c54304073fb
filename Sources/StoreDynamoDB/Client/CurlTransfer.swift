import CCurl

/// One HTTP exchange at a time on a curl handle that is reused. Belongs to one thread.
final class CurlTransfer {
    fileprivate let easy: UnsafeMutableRawPointer
    /// The number of times that curl was about to send the request. At 0 the server has seen nothing of it.
    private(set) var sendCount = 0
    private var response: [UInt8] = []
    private var maySendAgain = true
    private let maximumResponseBytes: Int
    private var headers: UnsafeMutablePointer<curl_slist>?

    /// Nil when curl has no memory.
    ///
    /// - Parameter caBundle: a file of certificates to trust in place of the system's.
    init?(connectTimeout: Duration, maximumResponseBytes: Int, caBundle: String?) {
        guard CurlMulti.isCurlReady, let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.maximumResponseBytes = maximumResponseBytes
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.wholeMilliseconds)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        if let caBundle { set(CURLOPT_CAINFO, caBundle) }
        setCallbacks(Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
    }

    private func setCallbacks(_ context: UnsafeMutableRawPointer) {
        _ = creditd_curl_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = creditd_curl_set_write(
            easy,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, context)
        _ = creditd_curl_set_prerequest(
            easy,
            { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().noteSending()
            }, context)
    }

    func set(_ option: CURLoption, _ value: Int) {
        _ = creditd_curl_set_long(easy, option, value)
    }

    func set(_ option: CURLoption, _ value: String) {
        _ = creditd_curl_set_string(easy, option, value)
    }

    /// Prepares the handle for the next request.
    ///
    /// - Parameters:
    ///   - headers: lines without their ends.
    ///   - maySendAgain: whether curl may repeat the request on a new connection when it finds the old connection
    ///     dead, though the server may have received the request.
    func prepare(url: String, headers lines: [String], timeout: Duration, maySendAgain: Bool) {
        response.removeAll(keepingCapacity: response.capacity <= 1 << 16)
        sendCount = 0
        self.maySendAgain = maySendAgain
        curl_slist_free_all(headers)
        headers = lines.reduce(nil) { curl_slist_append($0, $1) }
        _ = creditd_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
        set(CURLOPT_URL, url)
        set(CURLOPT_TIMEOUT_MS, max(1, timeout.wholeMilliseconds))
    }

    /// Makes the request a `POST` of a copy of `body`.
    func setBody(_ body: [UInt8]) {
        body.withUnsafeBytes { _ = creditd_curl_set_body(easy, $0.baseAddress, $0.count) }
    }

    /// Does the exchange on the calling thread, which blocks.
    func perform() -> CURLcode { curl_easy_perform(easy) }

    /// Returns the response's body and forgets it.
    func takeResponse() -> [UInt8] {
        defer { response = [] }
        return response
    }

    var status: Int {
        var status = 0
        _ = creditd_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// The header `Date` of the response, in seconds since 1970.
    var serverTime: Int64? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, "Date", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK,
            let text = header?.pointee.value
        else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Int64(seconds)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard response.count + bytes.count <= maximumResponseBytes else { return 0 }
        response.append(contentsOf: bytes)
        return bytes.count
    }

    private func noteSending() -> Int32 {
        guard maySendAgain || sendCount == 0 else { return CURL_PREREQFUNC_ABORT }
        sendCount += 1
        return CURL_PREREQFUNC_OK
    }
}

/// A multi handle of curl: many transfers on one thread.
///
/// Unchecked: every function but ``wake()`` is called on the driver's thread alone, and curl allows
/// `curl_multi_wakeup` on any thread.
final class CurlMulti: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    /// Nil when curl cannot be started.
    init?(connections: Int) {
        guard Self.isCurlReady, let handle = curl_multi_init() else { return nil }
        self.handle = handle
        _ = creditd_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, connections)
    }

    deinit {
        curl_multi_cleanup(handle)
    }

    /// Interrupts the current wait, or the next.
    func wake() {
        curl_multi_wakeup(handle)
    }

    func add(_ transfer: CurlTransfer) -> Bool {
        curl_multi_add_handle(handle, transfer.easy) == CURLM_OK
    }

    func remove(_ transfer: CurlTransfer) {
        curl_multi_remove_handle(handle, transfer.easy)
    }

    /// Advances all transfers as far as they go without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
    }

    /// Waits for a socket, a timer of curl's own, a wake or the end of the time.
    func wait(for time: Duration) {
        curl_multi_poll(handle, nil, 0, Int32(clamping: time.wholeMilliseconds), nil)
    }

    func nextEnded() -> (transfer: CurlTransfer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            var pointer: UnsafeMutableRawPointer?
            guard creditd_curl_get_pointer(easy, &pointer) == CURLE_OK, let pointer else { continue }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(pointer).takeUnretainedValue()
            return (transfer, creditd_curl_message_result(message))
        }
        return nil
    }

    fileprivate static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
