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
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(number, &part, part.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ExitStatus.inputOutput }
            bytes.append(contentsOf: part[..<count])
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
