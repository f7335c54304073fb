import COpenSSL
import Glibc

/// TLS over one socket. The certificate has to be good for `host`, a name or an address.
final class TLSSession {
    private let pointer: OpaquePointer

    init(_ context: TLSContext, over descriptor: Descriptor, host: String) throws(RedisFault) {
        guard let session = SSL_new(context.pointer) else { throw .noTLS(reason: "out of memory") }
        pointer = session
        guard SSL_set_fd(session, descriptor.number) == 1, SSL_set1_host(session, host) == 1 else {
            throw .noTLS(reason: "the host name cannot be checked")
        }
        if !Self.isAddress(host) {
            // SSL_set_tlsext_host_name is a macro, which Swift does not see. RFC 6066 §3 allows names only.
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

    func handshake() -> LinkProgress { progress { SSL_do_handshake(pointer) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> LinkProgress {
        progress { SSL_read(pointer, buffer.baseAddress, Int32(clamping: buffer.count)) }
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> LinkProgress {
        progress { SSL_write(pointer, buffer.baseAddress, Int32(clamping: buffer.count)) }
    }

    private func progress(_ operation: () -> Int32) -> LinkProgress {
        ERR_clear_error()
        let count = operation()
        if count > 0 { return .moved(Int(count)) }
        switch SSL_get_error(pointer, count) {
        case SSL_ERROR_WANT_READ: return .waits(.input)
        case SSL_ERROR_WANT_WRITE: return .waits(.output)
        case SSL_ERROR_SSL: return .ended(failure())
        default: return .ended(.connectionClosed)
        }
    }

    private func failure() -> RedisFault {
        let verdict = SSL_get_verify_result(pointer)
        if verdict != Int(X509_V_OK) {
            return .untrusted(reason: String(cString: X509_verify_cert_error_string(verdict)))
        }
        let error = ERR_peek_last_error()
        guard let reason = ERR_reason_error_string(error) else { return .noTLS(reason: "protocol error") }
        let text = String(cString: reason)
        // How OpenSSL 3 calls a peer that went away without goodbye, which a restart does.
        return text == "unexpected eof while reading" ? .connectionClosed : .noTLS(reason: text)
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return [AF_INET, AF_INET6].contains { inet_pton($0, host, &address) == 1 }
    }
}
