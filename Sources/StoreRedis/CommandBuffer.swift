/// Commands in the order in which they are sent, as RESP arrays of bulk strings.
///
/// hiredis's `redisFormatCommandArgv` takes 440 ns for a command such as base C's HMGET, most of it in two allocations;
/// appending to one buffer takes a tenth of that.
struct CommandBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each command ends in `bytes`.
    private(set) var ends: [Int] = []
    /// The slot of each command's keys; 0 for a command without keys.
    private(set) var slots: [UInt16] = []
    /// The indices of commands whose replies nobody waits for, such as ASKING; ascending.
    private(set) var preludes: [Int] = []

    var count: Int { ends.count }

    mutating func reserve(commands: Int, bytesEach: Int) {
        bytes.reserveCapacity(bytes.count + commands * bytesEach)
        ends.reserveCapacity(ends.count + commands)
        slots.reserveCapacity(slots.count + commands)
    }

    /// Appends a part of a command that is written out already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: text)
    }

    /// Begins a command with its name and arguments counted together.
    mutating func begin(parts: Int) {
        line(UInt8(ascii: "*"), parts)
    }

    /// Begins an argument whose bytes and end of line the caller appends.
    mutating func begin(keyBytes: Int) {
        line(UInt8(ascii: "$"), keyBytes)
    }

    /// Appends an argument.
    mutating func bulk(_ argument: UnsafeBufferPointer<UInt8>) {
        line(UInt8(ascii: "$"), argument.count)
        bytes.append(contentsOf: argument)
        raw("\r\n")
    }

    mutating func bulk(_ argument: [UInt8]) {
        argument.withUnsafeBufferPointer { bulk($0) }
    }

    mutating func bulk(_ argument: StaticString) {
        argument.withUTF8Buffer { bulk($0) }
    }

    mutating func bulk(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { text in
            bulk(UnsafeBufferPointer(rebasing: Decimal.write(number, atEndOf: text)))
        }
    }

    mutating func end(slot: UInt16 = 0) {
        ends.append(bytes.count)
        slots.append(slot)
    }

    /// Appends a command without keys whose reply nobody waits for.
    mutating func prelude(_ parts: [UInt8]...) {
        preludes.append(count)
        begin(parts: parts.count)
        for part in parts { bulk(part) }
        end()
    }

    /// Appends the command at `index` of another buffer.
    mutating func append(_ index: Int, of other: CommandBuffer) {
        bytes.append(contentsOf: other.bytes[other.start(of: index)..<other.ends[index]])
        end(slot: other.slots[index])
    }

    func start(of index: Int) -> Int {
        index == 0 ? 0 : ends[index - 1]
    }

    private mutating func line(_ mark: UInt8, _ number: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            text[22] = UInt8(ascii: "\r")
            text[23] = UInt8(ascii: "\n")
            let digits = Decimal.write(Int64(number), atEndOf: UnsafeMutableBufferPointer(rebasing: text[..<22]))
            text[digits.startIndex - 1] = mark
            bytes.append(contentsOf: text[(digits.startIndex - 1)...])
        }
    }
}
