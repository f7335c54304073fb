import Bureau
import Repositories

/// Reads how many keys are there, or a tombstone's note.
struct LookDecoder: ReplyDecoder {
    enum Found: Sendable {
        case keys(Int)
        case note([UInt8]?)
    }

    static var placeholder: Found { .note(nil) }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Found? {
        // Each subject has two commands.
        index.isMultiple(of: 2) ? .keys(try cursor.integer()) : .note(try cursor.bulk().map { Array($0) })
    }
}

/// Reads an array of texts.
struct TextsDecoder: ReplyDecoder {
    static var placeholder: [[UInt8]] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [[UInt8]]? {
        var texts: [[UInt8]] = []
        for _ in 0..<(try cursor.arrayCount()) {
            guard let text = try cursor.bulk() else { throw .malformed }
            texts.append(Array(text))
        }
        return texts
    }
}

/// Reads a text; nil for none.
struct TextDecoder: ReplyDecoder {
    static var placeholder: [UInt8]? { nil }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [UInt8]?? {
        .some(try cursor.bulk().map { Array($0) })
    }
}

/// Reads a page of SCAN: where the next one begins, and the subjects' keys among those of this one.
struct ScanDecoder: ReplyDecoder {
    struct Page: Sendable {
        var next: [UInt8] = []
        var names: [SubjectKey.Name] = []
    }

    static var placeholder: Page { Page() }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Page? {
        guard try cursor.arrayCount() == 2, let next = try cursor.bulk() else { throw .malformed }
        var page = Page(next: Array(next))
        for _ in 0..<(try cursor.arrayCount()) {
            guard let name = try cursor.bulk() else { throw .malformed }
            if let name = SubjectKey.Name(name) { page.names.append(name) }
        }
        return page
    }
}
