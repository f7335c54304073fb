import COpenSSL
import Glibc
import Synchronization

/// Slots of 32 bytes for secrets of which thousands are alive at once, in memory that is locked and in no core.
///
/// A slot is wiped when it is given back, and its memory stays for the next secret. Where the limit of locked memory is
/// reached (RLIMIT_MEMLOCK), secrets may be swapped, and are in no core all the same.
final class SecretMemory: Sendable {
    static let slotBytes = 32
    private static let chunkBytes = 16 << 10

    private struct State {
        /// Addresses of the slots that are free.
        var free: [UInt] = []
        /// Addresses of the chunks that the system has given.
        var chunks: [UInt] = []
    }

    private let state = Mutex(State())

    deinit {
        // No secret is alive any more: each holds this memory.
        for chunk in state.withLock({ $0.chunks }) {
            munmap(UnsafeMutableRawPointer(bitPattern: chunk), Self.chunkBytes)
        }
    }

    /// Returns a slot of zeroes.
    func take() -> UnsafeMutableRawPointer {
        let address = state.withLock { state in
            if state.free.isEmpty { Self.extend(&state) }
            return state.free.removeLast()
        }
        guard let slot = UnsafeMutableRawPointer(bitPattern: address) else { preconditionFailure("no slot is at 0") }
        return slot
    }

    /// Wipes a slot and takes it back.
    func give(back slot: UnsafeMutableRawPointer) {
        OPENSSL_cleanse(slot, Self.slotBytes)
        let address = UInt(bitPattern: slot)
        state.withLock { $0.free.append(address) }
    }

    private static func extend(_ state: inout State) {
        let chunk = mmap(nil, chunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let chunk, chunk != MAP_FAILED else { preconditionFailure("out of memory") }
        mlock(chunk, chunkBytes)
        madvise(chunk, chunkBytes, MADV_DONTDUMP)
        let address = UInt(bitPattern: chunk)
        state.chunks.append(address)
        state.free += stride(from: address, to: address + UInt(chunkBytes), by: slotBytes)
    }
}
