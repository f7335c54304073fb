import COpenSSL
import Encodings

/// Signs `POST /` requests by AWS Signature Version 4 ("Create a signed AWS API request", AWS IAM User Guide).
struct SigV4: CustomReflectable {
    private static let algorithm = "AWS4-HMAC-SHA256"

    let region: String
    let service: String
    /// The key of the last signature. A key serves one secret for one day, so deriving it is rare.
    private(set) var lastKey: (secret: String, day: Substring, key: [UInt8])?

    /// Returns the value of the header `Authorization`; nil when OpenSSL cannot compute it.
    ///
    /// - Parameters:
    ///   - headers: the headers to sign, `Host` and `X-Amz-Date` included. Values have no spaces at their ends.
    ///   - date: the value of `X-Amz-Date`, such as `20150830T123600Z`.
    mutating func authorization(
        _ credentials: AWSCredentials, headers: [(name: String, value: String)], date: String, body: [UInt8]
    ) -> String? {
        let headers = headers.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        guard let bodyHash = Self.hash(body) else { return nil }
        var request = "POST\n/\n\n"
        for (name, value) in headers { request += "\(name):\(value)\n" }
        request += "\n\(names)\n\(bodyHash)"

        let day = date.prefix(8)
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        guard let requestHash = Self.hash(Array(request.utf8)), let key = key(credentials.secretAccessKey, day),
            let signature = Self.hmac(key, "\(Self.algorithm)\n\(date)\n\(scope)\n\(requestHash)")
        else { return nil }
        return "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(Hexadecimal.text(of: signature))"
    }

    private mutating func key(_ secret: String, _ day: Substring) -> [UInt8]? {
        if let lastKey, lastKey.secret == secret, lastKey.day == day { return lastKey.key }
        guard let key = signingKey(secret: secret, day: day) else { return nil }
        lastKey = (secret, day, key)
        return key
    }

    /// Derives the key for one day, `YYYYMMDD`.
    func signingKey(secret: String, day: Substring) -> [UInt8]? {
        let parts = [String(day), region, service, "aws4_request"]
        return parts.reduce(Array("AWS4\(secret)".utf8)) { key, part in key.flatMap { Self.hmac($0, part) } }
    }

    /// SHA-256 (FIPS 180-4) in hexadecimal digits.
    private static func hash(_ bytes: [UInt8]) -> String? {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else { return nil }
        return Hexadecimal.text(of: digest)
    }

    /// HMAC-SHA-256 (RFC 2104).
    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8]? {
        var code = [UInt8](repeating: 0, count: 32)
        let message = Array(text.utf8)
        let result = EVP_Q_mac(
            nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &code, code.count, nil)
        return result == nil ? nil : code
    }

    /// Shows neither secret nor key when the value is printed.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
