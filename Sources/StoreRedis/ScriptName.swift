import COpenSSL

/// What Redis calls a script: the SHA-1 of its text, in lower-case hexadecimal. It is a name and protects nothing.
enum ScriptName {
    static func of(_ script: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        EVP_Digest(script, script.count, &digest, &count, EVP_sha1(), nil)
        return digest.prefix(Int(count)).flatMap { [digit($0 >> 4), digit($0 & 15)] }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
