import Glibc
import Synchronization

/// Keeps the process alive where a file that it maps is cut off by somebody else: a page that is gone becomes an empty
/// one of this process alone. Without it the system ends the process (SIGBUS, mmap(2)).
enum CutFiles {
    private struct Mapping {
        var start: UInt = 0
        var end: UInt = 0
    }

    private static let most = 256
    /// Read by the handler, which may wait for no lock: an entry that is being changed has no addresses.
    nonisolated(unsafe) private static let mappings: UnsafeMutablePointer<Mapping> = {
        let mappings = UnsafeMutablePointer<Mapping>.allocate(capacity: most)
        mappings.initialize(repeating: Mapping(), count: most)
        return mappings
    }()
    private static let pageBytes = UInt(sysconf(Int32(_SC_PAGESIZE)))
    private static let lock = Mutex(false)

    /// Guards a mapping until it is left; beyond the most mappings it is not guarded.
    static func guardMapping(at address: UnsafeMutableRawPointer, byteCount: Int) {
        lock.withLock { isHandled in
            if !isHandled {
                isHandled = true
                _ = pageBytes
                handle()
            }
            guard let free = (0..<most).first(where: { mappings[$0].end == 0 }) else { return }
            mappings[free].start = UInt(bitPattern: address)
            mappings[free].end = UInt(bitPattern: address) + UInt(byteCount)
        }
    }

    /// To be called before the mapping is gone.
    static func leaveMapping(at address: UnsafeMutableRawPointer) {
        lock.withLock { _ in
            for index in 0..<most where mappings[index].start == UInt(bitPattern: address) {
                // The end first: in between, the entry has no addresses.
                mappings[index].end = 0
                mappings[index].start = 0
            }
        }
    }

    /// Puts an empty page under an address of a mapping; false for any other address.
    private static func fillsPage(at address: UInt) -> Bool {
        for index in 0..<most where address >= mappings[index].start && address < mappings[index].end {
            let page = UnsafeMutableRawPointer(bitPattern: address & ~(pageBytes - 1))
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
            return mmap(page, Int(pageBytes), PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED
        }
        return false
    }

    private static func handle() {
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = { _, info, _ in
            let address = UInt(bitPattern: info?.pointee._sifields._sigfault.si_addr)
            if CutFiles.fillsPage(at: address) { return }
            // Another fault ends the process when the instruction is tried again.
            signal(SIGBUS, SIG_DFL)
        }
        action.sa_flags = SA_SIGINFO
        sigaction(SIGBUS, &action, nil)
    }
}
