import Bureau
import Glibc
import Synchronization

/// The first tokens of the subjects that were asked for last. To make one costs a read of base C more than anything
/// else that is done for it.
///
/// A token follows from the key and the CPF alone, so that none is ever out of date. Each subject has one place in a
/// table of a fixed size, in memory that is in no core, and takes it from another one.
public final class TokenMemory: Sendable {
    /// The table, which one thread at a time uses.
    public struct Table {
        fileprivate struct Place {
            /// 0, which is no CPF, while the place is empty.
            var number: UInt64
            var token: SubjectToken
        }

        fileprivate let places: UnsafeMutableRawPointer

        /// Returns the subject's first token, which `make` makes when it is not in the table.
        public func token(of cpf: CPF, make: () -> SubjectToken) -> SubjectToken {
            // Fibonacci hashing: neighbouring numbers are far apart.
            let index = Int((cpf.number &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - TokenMemory.placeBits))
            let place = (places + index * TokenMemory.placeBytes).assumingMemoryBound(to: Place.self)
            if place.pointee.number != cpf.number { place.pointee = Place(number: cpf.number, token: make()) }
            return place.pointee.token
        }
    }

    private static let placeBits = 16
    /// A cache line.
    private static let placeBytes = 64
    /// 4 MiB, of which the system gives what is used.
    private static let byteCount = placeBytes << placeBits

    /// Guarded by the lock.
    private nonisolated(unsafe) let table: Table
    private let lock = Mutex(())

    /// Nil when the system gives no memory.
    init?() {
        let start = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { return nil }
        madvise(start, Self.byteCount, MADV_DONTDUMP)
        table = Table(places: start)
    }

    deinit { munmap(table.places, Self.byteCount) }

    /// Lends the table; nil while another thread has it, which is no reason to wait.
    public func withTable<R: Sendable>(_ body: (Table) -> R) -> R? { lock.withLockIfAvailable { _ in body(table) } }
}
