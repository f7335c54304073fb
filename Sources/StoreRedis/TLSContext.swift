import COpenSSL

/// What all TLS connections of a store have in common: the authorities that it trusts, and TLS 1.2 at least.
///
/// Unchecked: OpenSSL lets any thread use an `SSL_CTX` that is not changed any more, and this one is not after `init`.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameter authoritiesPath: a PEM file; the system's authorities when nil.
    init(authoritiesPath: String?) throws(RedisOpenError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .noResources }
        pointer = context
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        // Writes are repeated from a buffer that may have moved and grown.
        let mode = Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, mode, nil)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let status =
            authoritiesPath.map { SSL_CTX_load_verify_locations(context, $0, nil) }
            ?? SSL_CTX_set_default_verify_paths(context)
        ERR_clear_error()
        guard status == 1 else { throw .badAuthorities }
    }

    deinit {
        SSL_CTX_free(pointer)
    }
}
