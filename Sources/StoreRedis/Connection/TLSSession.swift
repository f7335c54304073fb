import Bureau
import COpenSSL
import Glibc
import Platform
import Repositories
import Synchronization

/// TLS over one socket. The certificate has to be valid for `host`, a name or an address.
final class TLSSession {
    private let pointer: OpaquePointer

    init(_ context: TLSContext, over descriptor: FileDescriptor, host: String) throws(RedisFault) {
        guard let session = SSL_new(context.pointer) else { throw .noTLS(reason: "out of memory") }
        pointer = session
        guard SSL_set_fd(session, descriptor.number) == 1, SSL_set1_host(session, host) == 1 else {
            throw .noTLS(reason: "the host name cannot be checked")
        }
        var address = in6_addr()
        if ![AF_INET, AF_INET6].contains(where: { inet_pton($0, host, &address) == 1 }) {
            // Swift does not see the macro SSL_set_tlsext_host_name. RFC 6066 §3 allows names only.
            _ = host.withCString { name in
                SSL_ctrl(
                    session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: name))
            }
        }
        SSL_set_connect_state(session)
    }

    deinit {
        SSL_free(pointer)
    }

    func handshake() throws(RedisFault) -> RedisSocket.Progress { try progress(SSL_do_handshake) }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(RedisFault) -> RedisSocket.Progress {
        try progress { SSL_read($0, buffer.baseAddress, Int32(clamping: buffer.count)) }
    }

    func write(_ buffer: UnsafeBufferPointer<UInt8>) throws(RedisFault) -> RedisSocket.Progress {
        try progress { SSL_write($0, buffer.baseAddress, Int32(clamping: buffer.count)) }
    }

    private func progress(_ operation: (OpaquePointer) -> Int32) throws(RedisFault) -> RedisSocket.Progress {
        ERR_clear_error()
        let count = operation(pointer)
        if count > 0 { return .moved(Int(count)) }
        switch SSL_get_error(pointer, count) {
        case SSL_ERROR_WANT_READ: return .waits(for: POLLIN)
        case SSL_ERROR_WANT_WRITE: return .waits(for: POLLOUT)
        case SSL_ERROR_SSL: throw failure()
        default: throw .connectionClosed
        }
    }

    private func failure() -> RedisFault {
        let result = SSL_get_verify_result(pointer)
        if result != Int(X509_V_OK) {
            return .untrusted(reason: String(cString: X509_verify_cert_error_string(result)))
        }
        guard let reason = ERR_reason_error_string(ERR_peek_last_error()) else {
            return .noTLS(reason: "protocol error")
        }
        let text = String(cString: reason)
        // A restarted server closes without a TLS alert, which OpenSSL 3 reports in these words.
        return text == "unexpected eof while reading" ? .connectionClosed : .noTLS(reason: text)
    }
}

/// The files that TLS needs, and what was last read from them.
final class TLSIdentity: Sendable {
    /// Paths of PEM files.
    struct Files: Hashable, Sendable {
        /// Nil for the system's authorities.
        var authorities: String?
        /// The certificate that the server asks for, with its chain, and its key; nil without one.
        var certificate: String?
        var key: String?
    }

    private let files: Files
    private let held: Mutex<TLSContext>

    init(_ files: Files) throws(StoreOpenError) {
        self.files = files
        held = Mutex(try TLSContext(files))
    }

    var context: TLSContext { held.withLock { $0 } }

    /// Reads the files anew for new connections; keeps what it has when they cannot be used.
    func reload() {
        guard let context = try? TLSContext(files) else { return }
        held.withLock { $0 = context }
    }
}

/// What all TLS connections share: the trusted authorities, the own certificate, and TLS 1.2 as the lowest version.
///
/// Unchecked: OpenSSL lets any thread use an `SSL_CTX` that nobody changes, and nobody changes this one after `init`.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ files: TLSIdentity.Files) throws(StoreOpenError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .outOfResources }
        pointer = context
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        // A write is repeated from a buffer that may have moved and grown.
        let mode = Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, mode, nil)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let status =
            files.authorities.map { SSL_CTX_load_verify_locations(context, $0, nil) }
            ?? SSL_CTX_set_default_verify_paths(context)
        ERR_clear_error()
        guard status == 1 else {
            throw StoreOpenError(
                .c, .configuration, "the certificate authorities cannot be read (cacert, or the system's)")
        }
        guard let certificate = files.certificate else { return }
        // Without a callback OpenSSL would ask at the terminal for the password of an encrypted key.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in 0 }
        let hasIdentity =
            SSL_CTX_use_certificate_chain_file(context, certificate) == 1
            && SSL_CTX_use_PrivateKey_file(context, files.key ?? certificate, SSL_FILETYPE_PEM) == 1
            && SSL_CTX_check_private_key(context) == 1
        ERR_clear_error()
        guard hasIdentity else {
            throw StoreOpenError(
                .c, .configuration,
                "the client certificate cannot be used (cert, key): a PEM file is missing or "
                    + "encrypted, or they do not belong together")
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }
}
