import Bureau
import COpenSSL

/// Turns the tokens of one key into those of another, for one thread at a time.
///
/// AES-256 (FIPS 197) on each of a token's two blocks by itself: the first tokens are MACs, so that no block comes
/// twice, and none tells anything.
struct TokenTurner: ~Copyable {
    let keys: TokenKeys
    private let algorithms: Algorithms
    private var context: OpaquePointer?
    /// The turn for which the context is made.
    private var turn: (number: UInt8, encrypts: Bool)?
    /// The last token whose first one was asked for: a subject's values are opened one after the other.
    private var last: (token: SubjectToken, first: SubjectToken)?

    init(_ keys: TokenKeys, _ algorithms: Algorithms) {
        self.keys = keys
        self.algorithms = algorithms
    }

    deinit {
        if let context { EVP_CIPHER_CTX_free(context) }
    }

    /// The subject's token of the first key. Throws `unknownTokenKey`.
    mutating func first(of token: SubjectToken) throws(VaultError) -> SubjectToken {
        if token.keyNumber == 0 { return token }
        if let last, last.token == token { return last.first }
        guard let key = keys.keys[token.keyNumber] else { throw .unknownTokenKey(number: token.keyNumber) }
        let first = try turned(token, by: key.secret, (token.keyNumber, encrypts: false), to: 0)
        last = (token, first)
        return first
    }

    /// The token of a key for the subject with this first token. Throws `unknownTokenKey`.
    mutating func token(ofFirst first: SubjectToken, by number: UInt8) throws(VaultError) -> SubjectToken {
        if number == 0 { return first }
        guard let key = keys.keys[number] else { throw .unknownTokenKey(number: number) }
        return try turned(first, by: key.secret, (number, encrypts: true), to: number)
    }

    private mutating func turned(
        _ token: SubjectToken, by key: SecretKey, _ turn: (number: UInt8, encrypts: Bool), to number: UInt8
    ) throws(VaultError) -> SubjectToken {
        guard let context = context ?? EVP_CIPHER_CTX_new() else { throw .lastOfLibrary() }
        self.context = context
        if self.turn.map({ $0 != turn }) ?? true {
            let isReady = key.withBytes { key in
                EVP_CipherInit_ex2(
                    context, algorithms.blockCipher, key.bytePointer, nil, turn.encrypts ? 1 : 0, nil) == 1
            }
            guard isReady, EVP_CIPHER_CTX_set_padding(context, 0) == 1 else { throw .lastOfLibrary() }
            self.turn = turn
        }
        var isTurned = false
        let turned = SubjectToken(keyNumber: number) { output in
            var written: Int32 = 0
            isTurned = token.withWords { words in
                EVP_CipherUpdate(
                    context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, words.bytePointer,
                    Int32(words.count)) == 1
            }
            isTurned = isTurned && written == Int32(SubjectToken.byteCount)
        }
        guard isTurned else { throw .lastOfLibrary() }
        return turned
    }
}

/// Tokens of other keys.
extension VaultSession {
    /// The subject's token of the present key. A token of a key that the ring lacks stays as it is.
    public mutating func present(_ token: SubjectToken) -> SubjectToken {
        let number = tokenKeyNumber
        if token.keyNumber == number { return token }
        return withTurner { (turner) throws(VaultError) in
            try turner.token(ofFirst: turner.first(of: token), by: number)
        } ?? token
    }

    /// The subject's token of the first key, which stays for ever: what is kept inside sealed values and made of tokens
    /// is made of it. A token of a key that the ring lacks stays as it is.
    public mutating func first(of token: SubjectToken) -> SubjectToken {
        if token.keyNumber == 0 { return token }
        return withTurner { (turner) throws(VaultError) in try turner.first(of: token) } ?? token
    }

    /// The subject's tokens of all former keys, the newest first.
    public mutating func former(_ token: SubjectToken) -> [SubjectToken] {
        let numbers = formerTokenKeyNumbers
        if numbers.isEmpty { return [] }
        return withTurner { (turner) throws(VaultError) in
            let first = try turner.first(of: token)
            var tokens: [SubjectToken] = []
            for number in numbers { tokens.append(try turner.token(ofFirst: first, by: number)) }
            return tokens
        } ?? []
    }
}
