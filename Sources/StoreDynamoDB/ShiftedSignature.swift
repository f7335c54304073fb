import CCurl
import Glibc

/// A signature for another time than this machine's clock says.
///
/// curl signs with its own clock. It takes a time from the caller's header, too, but libcurl 7.88 then sends that
/// header twice, which the server refuses. So curl sends such a request to nobody, over a pair of sockets, and what it
/// signed there goes with the real request. Costs a fraction of a millisecond, on a machine with a wrong clock only.
enum ShiftedSignature {
    /// - Parameter headers: all that is signed, with `X-Amz-Date`.
    /// - Returns: the line of the header `Authorization`; nil when curl or the system cannot make it.
    static func authorization(
        _ settings: DriverSettings, _ credentials: Credentials, headers: [String], body: [UInt8]
    ) -> String? {
        guard let transfer = Transfer(settings) else { return nil }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            return nil
        }
        defer { close(ends[1]) }
        // The answer lies there before the question, so that nobody has to wait.
        let answer: StaticString = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        guard write(ends[1], answer.utf8Start, answer.utf8CodeUnitCount) == answer.utf8CodeUnitCount else {
            close(ends[0])
            return nil
        }
        var given = ends[0]
        // Without TLS, and by a path of a socket, so that curl looks up no name.
        transfer.prepare(
            url: "http://\(settings.address.authority)/", headers: headers,
            timeoutMilliseconds: settings.connectMilliseconds, maySendAgain: false)
        transfer.set(CURLOPT_UNIX_SOCKET_PATH, "/")
        transfer.set(CURLOPT_NOPROXY, "*")
        transfer.sign(settings.address, credentials)
        transfer.setBody(body)
        _ = withUnsafeMutablePointer(to: &given) { given in
            _ = creditd_curl_set_socket(transfer.easy, given)
            return curl_easy_perform(transfer.easy)
        }
        return line("Authorization: ", in: sent(to: ends[1]))
    }

    /// What has arrived. The head of a request is far smaller than one buffer.
    private static func sent(to descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func line(_ start: String, in head: String) -> String? {
        head.split(whereSeparator: \.isNewline).first { $0.hasPrefix(start) }.map(String.init)
    }
}

extension Transfer {
    /// Lets curl sign the request, unless its headers have an `Authorization` already.
    func sign(_ address: DynamoDBAddress, _ credentials: Credentials) {
        set(CURLOPT_AWS_SIGV4, "aws:amz:\(address.region):dynamodb")
        set(CURLOPT_USERNAME, credentials.accessKeyID)
        set(CURLOPT_PASSWORD, credentials.secretAccessKey)
    }
}
