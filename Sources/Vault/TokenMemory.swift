import Bureau
import COpenSSL
import Glibc
import Synchronization

/// The first tokens of the subjects that were asked for last. To make one costs a read of base C more than anything
/// else that is done for it.
///
/// A token follows from the key and the CPF alone, so that none is ever out of date. Each subject has one place in a
/// table of a fixed size, and takes it from another one. The table is locked and in no core; where the limit of locked
/// memory is reached (RLIMIT_MEMLOCK), it may be swapped.
public final class TokenMemory: Sendable {
    /// The table, which one thread at a time uses.
    public struct Table {
        fileprivate struct Place {
            /// 0, which is no CPF, while the place is empty.
            var number: UInt64
            var token: SubjectToken
        }

        fileprivate static let placeBits = 16
        /// A cache line.
        private static let placeBytes = 64
        fileprivate static let byteCount = placeBytes << placeBits

        fileprivate let places: UnsafeMutableRawPointer

        /// Nil when the system gives no memory.
        fileprivate init?() {
            let start = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let start, start != MAP_FAILED else { return nil }
            mlock(start, Self.byteCount)
            madvise(start, Self.byteCount, MADV_DONTDUMP)
            places = start
        }

        /// Returns the subject's first token, which `make` makes when it is not in the table.
        public func token(of cpf: CPF, make: () -> SubjectToken) -> SubjectToken {
            let place = place(of: cpf)
            if place.pointee.number != cpf.number { place.pointee = Place(number: cpf.number, token: make()) }
            return place.pointee.token
        }

        fileprivate func place(of cpf: CPF) -> UnsafeMutablePointer<Place> {
            // Fibonacci hashing: neighbouring numbers are far apart.
            let index = Int((cpf.number &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Self.placeBits))
            return (places + index * Self.placeBytes).assumingMemoryBound(to: Place.self)
        }
    }

    private let lock = Mutex(())
    /// Guarded by the lock; made at the first use.
    private nonisolated(unsafe) var table: Table?

    deinit { if let table { munmap(table.places, Table.byteCount) } }

    /// Lends the table; nil while another thread has it, which is no reason to wait.
    public func withTable<R: Sendable>(_ body: (Table) -> R) -> R? {
        lock.withLockIfAvailable { _ -> R? in
            if table == nil { table = Table() }
            return table.map(body)
        } ?? nil
    }

    /// Forgets an erased subject.
    public func forget(_ cpf: CPF) {
        lock.withLock { _ in
            guard let place = table?.place(of: cpf), place.pointee.number == cpf.number else { return }
            OPENSSL_cleanse(place, MemoryLayout<Table.Place>.size)
        }
    }
}
