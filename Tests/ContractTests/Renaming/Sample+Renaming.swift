import Bureau
import Repositories
import Testing

extension Sample {
    /// The token of a subject under another key.
    static func token(_ number: Int, key: UInt8) -> SubjectToken {
        let words = (UInt64(number).byteSwapped, UInt64(key), UInt64(0x5555_5555), UInt64(number))
        return SubjectToken(keyNumber: key) { bytes in withUnsafeBytes(of: words) { bytes.copyMemory(from: $0) } }
    }

    static func rename(_ number: Int, to key: UInt8 = 1) -> SubjectRename {
        SubjectRename(from: token(number), to: token(number, key: key))
    }
}

extension RenamingStore {
    /// Reads all pages.
    func tokens(ofKeysBelow keyNumber: UInt8, limit: Int) async throws -> [SubjectToken] {
        var found: [SubjectToken] = []
        var cursor: WalkCursor?
        repeat {
            let page = try await tokens(ofKeysBelow: keyNumber, after: cursor, limit: limit)
            found += page.tokens
            cursor = page.next
        } while cursor != nil
        return found
    }

    /// Walks through all pages, and moves those of the subjects that are met.
    func moveAll(_ subjects: [SubjectRename], limit: Int = 1000) async throws {
        var cursor: WalkCursor?
        repeat {
            let page = try await tokens(ofKeysBelow: 1, after: cursor, limit: limit)
            let met = Set(page.tokens)
            try await rename(subjects.filter { met.contains($0.from) })
            cursor = page.next
        } while cursor != nil
    }
}
