import COpenSSL
import Encodings
import Glibc
import Platform

/// What keeps the text of a ring from whoever reads its file.
public enum KeyRingProvider: Sendable, Hashable {
    /// Nothing but the mode of the file.
    case file
    /// A program and its first arguments, such as the client of a KMS or HSM. It is started with `wrap` or `unwrap` as
    /// its last argument, gets the bytes on stdin, and prints the others.
    case exec([String])

    /// Reads `file:` or `exec:COMMAND`; nil for anything else. The words of a command are parted by spaces.
    public init?(_ text: String) {
        if text == "file:" {
            self = .file
        } else if text.hasPrefix("exec:") {
            let words = text.dropFirst(5).split(separator: " ").map(String.init)
            guard !words.isEmpty else { return nil }
            self = .exec(words)
        } else {
            return nil
        }
    }

    /// Lends the form in which a text is kept in the file. Throws `providerFailed` unless the program also gives the
    /// text back: a file that nobody can unwrap would be the end of its base.
    func wrap<R>(
        _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(KeyRingError) -> R
    ) throws(KeyRingError) -> R {
        guard case .exec(let words) = self else { return try body(text) }
        let wrapped = try SecretCommand(words: words + ["wrap"]).output(of: text)
        defer { wrapped.wipe() }
        let unwrapped = try SecretCommand(words: words + ["unwrap"]).output(of: wrapped.bytes)
        defer { unwrapped.wipe() }
        guard unwrapped.bytes.elementsEqual(text) else { throw .providerFailed }
        let encoded = [UInt8](unsafeUninitializedCapacity: Base64.encodedCount(wrapped.bytes.count)) { text, count in
            if let start = text.baseAddress { Base64.encode(wrapped.bytes, to: start) }
            count = text.count
        }
        let lineFeed = [UInt8(ascii: "\n")]
        let file = KeyRing.wrappedVersionLine + lineFeed + encoded + lineFeed
        return try file.withUnsafeBufferPointer { (file) throws(KeyRingError) in try body(UnsafeRawBufferPointer(file))
        }
    }

    /// Lends the text of a file, which is wiped afterwards.
    func unwrap<R>(
        _ file: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(KeyRingError) -> R
    ) throws(KeyRingError) -> R {
        let isWrapped = file.starts(with: KeyRing.wrappedVersionLine + [UInt8(ascii: "\n")])
        guard case .exec(let words) = self else {
            if isWrapped { throw .needsProvider }
            return try body(file)
        }
        if !isWrapped { throw .notWrapped }
        let text = file.dropFirst(KeyRing.wrappedVersionLine.count + 1)
        guard text.last == UInt8(ascii: "\n"),
            let wrapped = Array(text.dropLast()).withUnsafeBufferPointer({ Base64.decode($0) })
        else { throw .malformed(line: 2, .wrapped) }
        let unwrapped = try wrapped.withUnsafeBufferPointer { (wrapped) throws(KeyRingError) in
            try SecretCommand(words: words + ["unwrap"]).output(of: UnsafeRawBufferPointer(wrapped))
        }
        defer { unwrapped.wipe() }
        return try body(UnsafeRawBufferPointer(unwrapped.bytes))
    }
}

extension KeyRing {
    /// The first line of a file whose second line is a ring's text, wrapped by a program, in base64.
    static let wrappedVersionLine = Array("creditd key ring 2".utf8)
}

/// Bytes of a secret that are out of cores, and wiped by their owner.
struct SecretBytes {
    private let whole: UnsafeMutableRawBufferPointer
    fileprivate(set) var count = 0

    fileprivate init(capacity: Int) {
        let page = Int(getpagesize())
        whole = .allocate(byteCount: (capacity + page - 1) / page * page, alignment: page)
        mlock(whole.baseAddress, whole.count)
        madvise(whole.baseAddress, whole.count, MADV_DONTDUMP)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: whole[..<count]) }

    /// The memory that is not filled yet.
    fileprivate var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: whole[count...]) }

    func wipe() {
        OPENSSL_cleanse(whole.baseAddress, whole.count)
        madvise(whole.baseAddress, whole.count, MADV_DODUMP)
        munlock(whole.baseAddress, whole.count)
        whole.deallocate()
    }
}

/// A program that turns one secret into another. It is started without a shell; what it says on stderr is not kept.
private struct SecretCommand {
    private static let timeout = Duration.seconds(30)

    let words: [String]

    /// Runs the program and returns what it prints; the caller wipes it. Blocks, for half a minute at most.
    func output(of input: UnsafeRawBufferPointer) throws(KeyRingError) -> SecretBytes {
        var (given, printed): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&given) == 0 else { throw .system(call: "pipe", code: errno) }
        defer { close(given[0]) }
        guard pipe(&printed) == 0 else {
            close(given[1])
            throw .system(call: "pipe", code: errno)
        }
        for end in given + printed { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(printed[0]) }
        let started = try? ProgramStart.start(words, input: given[0], output: printed[1])
        close(printed[1])
        guard let process = started else {
            close(given[1])
            throw .providerFailed
        }
        ProcessGroups.ofThisProcess.add(process)
        // A ring is shorter than what a pipe takes, so that this never waits for the program.
        let isGiven = FileDescriptor(given[1]).writeAll(input)
        close(given[1])
        let output = isGiven ? read(FileDescriptor(printed[0])) : nil
        ProcessGroups.ofThisProcess.end(process)
        var status: Int32 = 0
        _ = retryingInterrupts { waitpid(process, &status, 0) }
        guard let output else { throw .providerFailed }
        // A program that has printed everything, and lives on, is ended by the signal.
        guard status == 0 || status & 0x7F == SIGKILL, output.count > 0 else {
            output.wipe()
            throw .providerFailed
        }
        return output
    }

    /// Reads to the end of the output; nil when it takes too long, or is too much.
    private func read(_ descriptor: FileDescriptor) -> SecretBytes? {
        var output = SecretBytes(capacity: 2 * KeyRing.maximumFileBytes)
        let deadline = ContinuousClock.now + Self.timeout
        while !output.room.isEmpty, descriptor.wait(for: Int32(POLLIN), until: deadline) {
            let count = descriptor.read(into: output.room)
            if count == 0 { return output }
            if count < 0 { break }
            output.count += count
        }
        output.wipe()
        return nil
    }
}
