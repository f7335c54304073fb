import Encodings

/// A subject in a record of the audit log: the first half of its token, by which it is found.
///
/// 128 bits of a MAC name one subject as surely as all do, and the log of a bureau that is read often is half as long.
public enum AuditSubject: Hashable, Sendable {
    case half(UInt64, UInt64)
    /// The whole token, as earlier versions wrote it.
    case whole(SubjectToken)

    private static let halfBytes = SubjectToken.byteCount / 2
    /// The letters that every form of a subject begins with: those that depend on the first half alone.
    private static let commonLetters = 21

    public init(_ token: SubjectToken) {
        self = token.withBytes { AuditSubject(half: $0) }
    }

    /// Takes the first 16 bytes.
    private init(half bytes: UnsafeRawBufferPointer) {
        self = .half(bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// Reads a subject as the audit log writes it.
    init?(text: some Collection<UInt8>) {
        guard let bytes = [UInt8](urlText: text) else { return nil }
        if bytes.count == Self.halfBytes {
            self = bytes.withUnsafeBytes { AuditSubject(half: $0) }
        } else {
            guard let token = SubjectToken(bytes: bytes) else { return nil }
            self = .whole(token)
        }
    }

    /// The text by which the records of a subject are found, whatever version wrote them.
    public static func searchText(of token: SubjectToken) -> [UInt8] { Array(token.auditText.prefix(commonLetters)) }

    /// Appends the elements of a list: the texts in quotes, with commas between.
    static func append(_ subjects: [AuditSubject], to line: inout [UInt8]) {
        let mostBytes = Base64.unpaddedCount(SubjectToken.mostBytes) + 3
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: mostBytes * subjects.count) { list in
            guard let start = list.baseAddress, !subjects.isEmpty else { return }
            var end = start
            for subject in subjects { end = subject.write(to: end) }
            line += UnsafeBufferPointer(start: start, count: end - start - 1)
        }
    }

    /// Writes an element and a comma, and returns where the next one begins.
    private func write(to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        switch self {
        case .half(let first, let second):
            withUnsafeBytes(of: (first, second)) { Self.write($0, to: start) }
        case .whole(let token): token.withBytes { Self.write($0, to: start) }
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let count = Base64.unpaddedCount(bytes.count)
        start[0] = UInt8(ascii: "\"")
        Base64.encodeForURL(bytes, to: start + 1)
        start[count + 1] = UInt8(ascii: "\"")
        start[count + 2] = UInt8(ascii: ",")
        return start + count + 3
    }
}
