import CCurl

/// A request to a service that gives out credentials.
struct HTTPRequest: Hashable, Sendable {
    let method: String
    let url: String
    var headers: [String] = []
    var body: [UInt8]?
    /// Whether the service is on this host or its link: a proxy must not see the credentials.
    var isLocal = false
}

enum HTTPResult: Hashable, Sendable {
    case response(status: Int, body: [UInt8])
    /// There is no answer; `code` is curl's name for the reason, `text` its sentence.
    case failed(code: String, text: String)
}

/// One HTTP exchange on the calling thread, which blocks.
struct HTTPExchange: Sendable {
    let caBundle: String?
    let connectTimeout: Duration = .seconds(1)
    let timeout: Duration = .seconds(5)
    private let maximumResponseBytes = 1 << 20

    func callAsFunction(_ request: HTTPRequest) -> HTTPResult {
        let transfer = CurlTransfer(
            connectTimeout: connectTimeout, maximumResponseBytes: maximumResponseBytes, caBundle: caBundle)
        guard let transfer else { return .failed(code: CURLE_OUT_OF_MEMORY.name, text: CURLE_OUT_OF_MEMORY.text) }
        transfer.prepare(url: request.url, headers: request.headers, timeout: timeout, maySendAgain: true)
        if let body = request.body { transfer.setBody(body) }
        transfer.set(CURLOPT_CUSTOMREQUEST, request.method)
        if request.isLocal { transfer.set(CURLOPT_NOPROXY, "*") }
        let code = transfer.perform()
        guard code == CURLE_OK else { return .failed(code: code.name, text: code.text) }
        return .response(status: transfer.status, body: transfer.takeResponse())
    }
}

extension CURLcode {
    /// The name of the frequent codes, such as `CURLE_COULDNT_CONNECT`, and the number of others.
    var name: String {
        switch self {
        case CURLE_COULDNT_RESOLVE_HOST: "CURLE_COULDNT_RESOLVE_HOST"
        case CURLE_COULDNT_RESOLVE_PROXY: "CURLE_COULDNT_RESOLVE_PROXY"
        case CURLE_COULDNT_CONNECT: "CURLE_COULDNT_CONNECT"
        case CURLE_OPERATION_TIMEDOUT: "CURLE_OPERATION_TIMEDOUT"
        case CURLE_SSL_CONNECT_ERROR: "CURLE_SSL_CONNECT_ERROR"
        case CURLE_PEER_FAILED_VERIFICATION: "CURLE_PEER_FAILED_VERIFICATION"
        case CURLE_SSL_CACERT_BADFILE: "CURLE_SSL_CACERT_BADFILE"
        case CURLE_GOT_NOTHING: "CURLE_GOT_NOTHING"
        case CURLE_SEND_ERROR: "CURLE_SEND_ERROR"
        case CURLE_RECV_ERROR: "CURLE_RECV_ERROR"
        default: "CURLE_\(rawValue)"
        }
    }

    /// curl's sentence for the code, which has no value of the request.
    var text: String { String(cString: curl_easy_strerror(self)) }
}
