import Bureau
import COpenSSL
import JSON

/// A scorecard as a file, with the hash that tells it from any other.
public struct ScorecardFile: Sendable, Hashable {
    public let card: Scorecard
    /// The SHA-256 of the canonical form: 32 bytes.
    public let hash: [UInt8]

    public init(_ card: Scorecard) {
        self.card = card
        hash = Self.sha256(Self.canonical(card))
    }

    /// Reads a scorecard of format 2, or 1.
    ///
    /// The text is read strictly: an unknown member is an error, like a missing one.
    public init(_ text: [UInt8]) throws(ScorecardFileError) {
        let document: Document
        do throws(SyntaxError) { document = try Document(text) } catch {
            throw .notJSON(reason: error.reason.rawValue, offset: error.offset)
        }
        self.init(try document.withRoot { (root) throws(ScorecardFileError) in try Self.card(root) })
    }

    private static func card(_ root: Value) throws(ScorecardFileError) -> Scorecard {
        if root.duplicateKey != nil { throw .malformed(pointer: "", "a member is there twice") }
        let object = CardObject(root, at: "")
        return root["format"] == nil ? try Scorecard(format1: object) : try Scorecard(format2: object)
    }

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(done == 1, "SHA-256 of bytes in memory does not fail")
        return digest
    }
}

/// Why a text is no scorecard.
public enum ScorecardFileError: Error, Hashable, CustomStringConvertible {
    case notJSON(reason: String, offset: Int)
    /// The value at a JSON Pointer is not what the format has there.
    case malformed(pointer: String, String)
    case invalid(ScorecardError)

    public var description: String {
        switch self {
        case .notJSON(let reason, let offset): "not JSON: \(reason) at byte \(offset)"
        case .malformed(let pointer, let reason): "#\(pointer): \(reason)"
        case .invalid(let error): error.description
        }
    }
}
