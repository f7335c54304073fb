import CCurl

/// A signature for another time than this machine's clock says.
///
/// curl signs with its own clock. It takes a time from the caller's header, too, but libcurl 7.88 then sends that
/// header twice, which the server refuses. So curl sends such a request to a socket of ours, and what it signed there
/// goes with the real request. Costs a fraction of a millisecond, on a machine with a wrong clock only.
enum ShiftedSignature {
    private static let turns = 100
    private static let turnMilliseconds: Int64 = 10

    /// - Parameter headers: all that is signed, with `X-Amz-Date`.
    /// - Returns: the line of the header `Authorization`; nil when curl or the system cannot make it.
    static func authorization(
        _ settings: DriverSettings, _ credentials: Credentials, headers: [String], body: [UInt8]
    ) -> String? {
        guard let sink = RequestSink(), let multi = Multi(connections: 1), let transfer = Transfer(settings) else {
            return nil
        }
        // Without TLS: the scheme is not signed, the host is.
        transfer.prepare(
            url: "http://\(settings.address.authority)/", headers: headers,
            timeoutMilliseconds: Int64(turns) * turnMilliseconds, maySendAgain: false)
        transfer.set(CURLOPT_ABSTRACT_UNIX_SOCKET, sink.name)
        transfer.set(CURLOPT_NOPROXY, "*")
        transfer.sign(settings.address, credentials)
        transfer.setBody(body)
        guard multi.add(transfer) else { return nil }
        defer { multi.remove(transfer) }
        for _ in 0..<turns {
            multi.perform()
            if let head = sink.head() { return line("Authorization: ", in: head) }
            multi.wait(milliseconds: turnMilliseconds)
        }
        return nil
    }

    private static func line(_ start: String, in head: String) -> String? {
        head.split(whereSeparator: \.isNewline).first { $0.hasPrefix(start) }.map(String.init)
    }
}

extension Transfer {
    /// Lets curl sign the request.
    func sign(_ address: DynamoDBAddress, _ credentials: Credentials) {
        set(CURLOPT_AWS_SIGV4, "aws:amz:\(address.region):dynamodb")
        set(CURLOPT_USERNAME, credentials.accessKeyID)
        set(CURLOPT_PASSWORD, credentials.secretAccessKey)
    }

    /// Leaves the request as it is: its headers are signed. Were curl to think of authentication at all, it would send
    /// no body before a first refusal.
    func signNothing() {
        clear(CURLOPT_AWS_SIGV4)
        clear(CURLOPT_USERNAME)
        clear(CURLOPT_PASSWORD)
        set(CURLOPT_HTTPAUTH, 0)
    }
}
