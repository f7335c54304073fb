import CCurl

/// curl's multi handle: many transfers on one thread.
///
/// Unchecked: all functions but ``wake()`` are called on the driver's thread only, and curl allows `curl_multi_wakeup`
/// on any thread.
final class Multi: @unchecked Sendable {
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

    /// Interrupts ``wait(milliseconds:)``, or the next one.
    func wake() {
        curl_multi_wakeup(handle)
    }

    func add(_ transfer: Transfer) -> Bool {
        curl_multi_add_handle(handle, transfer.easy) == CURLM_OK
    }

    func remove(_ transfer: Transfer) {
        curl_multi_remove_handle(handle, transfer.easy)
    }

    /// Moves all transfers on as far as they go without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
    }

    /// Waits for a socket, for one of curl's own timers, or to be woken.
    func wait(milliseconds: Int64) {
        curl_multi_poll(handle, nil, 0, Int32(clamping: milliseconds), nil)
    }

    /// The next transfer that has ended.
    func nextEnded() -> (transfer: Transfer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            var pointer: UnsafeMutableRawPointer?
            guard creditd_curl_get_pointer(easy, &pointer) == CURLE_OK, let pointer else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
            return (transfer, creditd_curl_message_result(message))
        }
        return nil
    }

    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
