import Glibc

/// A descriptor used from end to end, outside the pipeline.
struct Descriptor {
    private let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    /// Everything up to the end of the input.
    func readAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = try readSome()
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    /// What is there, as soon as there is something; nothing at the end of the input.
    func readSome() throws -> [UInt8] {
        while true {
            var part = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(number, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ExitStatus.inputOutput }
            return Array(part[..<count])
        }
    }

    /// All of `bytes`, in as many writes as it takes.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ExitStatus.inputOutput }
            rest = rest.dropFirst(count)
        }
    }
}
