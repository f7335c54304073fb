import Bureau
import Glibc

/// Why a key ring could not be read or made; no case holds a path or anything of the file's content.
package enum KeyRingError: Error, Hashable {
    /// There is no file.
    case notFound
    /// There is a file already, which is never overwritten.
    case alreadyExists
    /// It is a symbolic link, folder, pipe or device.
    case notRegularFile
    /// It belongs to another user than the one that this process acts as.
    case notOwned
    /// Its mode allows more than reading and writing by its owner.
    case looseMode(UInt32)
    /// It is the ring of this other base.
    case wrongBase(Base)
    /// A line, counted from 1, does not have the shape that is due there.
    case malformed(line: Int, Fault)
    /// It is longer than `KeyRing.maximumFileBytes`.
    case tooLong
    /// A system call failed with this `errno`.
    case system(call: String, code: Int32)
    /// The random generator failed, so no ring was made.
    case randomness

    /// What is wrong with a line.
    package enum Fault: String, Sendable {
        case version = "the file must begin with the line \"creditd key ring 1\""
        case base = "\"base A\", \"base B\" or \"base C\" is due"
        case token = "\"token\" and 64 lower-case hexadecimal digits are due"
        case wrap = "\"wrap\", a number from 1 and 64 lower-case hexadecimal digits are due"
        case repeatedNumber = "this number belongs to an earlier wrapping key"
        case cut = "the line does not end in a line feed"
        case missing = "the file ends before its first wrapping key"
    }
}

extension KeyRingError: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .notFound: "there is no key ring"
        case .alreadyExists: "there is a key ring already"
        case .notRegularFile: "the key ring is not a regular file"
        case .notOwned: "the key ring belongs to another user"
        case .looseMode(let mode): "the key ring has mode 0\(String(mode, radix: 8)), looser than 0600"
        case .wrongBase(let base): "the key ring is of base \(base.rawValue)"
        case .malformed(let line, let fault): "line \(line) of the key ring: \(fault.rawValue)"
        case .tooLong: "the key ring is longer than \(KeyRing.maximumFileBytes) bytes"
        case .system(let call, let code): "\(call) of the key ring failed: \(String(cString: strerror(code)))"
        case .randomness: "the random generator failed"
        }
    }
}
