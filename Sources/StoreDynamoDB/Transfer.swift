import CCurl

/// One HTTP exchange by curl at a time, on a handle that is used again. Belongs to one thread.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    private(set) var answer: [UInt8] = []
    /// How often a request was on the point of being sent; 0 means that the server has seen nothing of it.
    private(set) var sendings = 0
    private var maySendAgain = true
    private var largestAnswer = 0
    private var headers: UnsafeMutablePointer<curl_slist>?

    /// Nil when curl has no memory.
    init?(_ settings: DriverSettings) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        largestAnswer = settings.answerBytes
        let context = Unmanaged.passUnretained(self).toOpaque()
        setUp(settings, context)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
    }

    private func setUp(_ settings: DriverSettings, _ context: UnsafeMutableRawPointer) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectMilliseconds))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        if let caBundle = settings.caBundle { set(CURLOPT_CAINFO, caBundle) }
        _ = creditd_curl_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = creditd_curl_set_write(
            easy,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, context)
        _ = creditd_curl_set_prerequest(
            easy,
            { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().noteSending()
            }, context)
    }

    func set(_ option: CURLoption, _ value: Int) {
        _ = creditd_curl_set_long(easy, option, value)
    }

    func set(_ option: CURLoption, _ value: String) {
        _ = creditd_curl_set_string(easy, option, value)
    }

    func clear(_ option: CURLoption) {
        _ = creditd_curl_set_string(easy, option, nil)
    }

    /// Makes the handle ready for the next request.
    ///
    /// - Parameter maySendAgain: whether curl may repeat the request on a new connection when an old one turns out to
    ///   be dead, though the server may have got it.
    func prepare(url: String, headers lines: [String], timeoutMilliseconds: Int64, maySendAgain: Bool) {
        answer.removeAll(keepingCapacity: answer.capacity <= 1 << 16)
        sendings = 0
        self.maySendAgain = maySendAgain
        curl_slist_free_all(headers)
        headers = lines.reduce(nil) { curl_slist_append($0, $1) }
        _ = creditd_curl_set_headers(easy, headers)
        set(CURLOPT_URL, url)
        set(CURLOPT_TIMEOUT_MS, Int(max(1, timeoutMilliseconds)))
    }

    func setBody(_ body: [UInt8]) {
        body.withUnsafeBytes { _ = creditd_curl_set_body(easy, $0.baseAddress, $0.count) }
    }

    /// Gives the answer's body away.
    func takeAnswer() -> [UInt8] {
        defer { answer = [] }
        return answer
    }

    /// The HTTP status of the answer.
    var status: Int {
        var status = 0
        _ = creditd_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// The seconds since 1970 of the answer's `Date`.
    var serverTime: Int64? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, "Date", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK,
            let text = header?.pointee.value
        else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Int64(seconds)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard answer.count + bytes.count <= largestAnswer else { return 0 }
        answer.append(contentsOf: bytes)
        return bytes.count
    }

    private func noteSending() -> Int32 {
        guard maySendAgain || sendings == 0 else { return CURL_PREREQFUNC_ABORT }
        sendings += 1
        return CURL_PREREQFUNC_OK
    }
}
