import Glibc
import Testing

/// A terminal without a screen (pty(7)): a program writes to `path`, and the test reads what would be shown.
final class Pseudoterminal {
    let path: String
    private let screen: Int32

    /// TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init(columns: UInt16) throws {
        screen = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        try #require(ioctl(screen, Self.setLock, &isLocked) == 0 && ioctl(screen, Self.getNumber, &number) == 0)
        path = "/dev/pts/\(number)"
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(screen, UInt(TIOCSWINSZ), &size) == 0)
        try #require(fcntl(screen, F_SETFL, O_NONBLOCK) == 0)
    }

    deinit { close(screen) }

    /// Takes what has been written since the last time.
    func read() -> [UInt8] {
        var taken: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(screen, &buffer, buffer.count)
            guard count > 0 else { return taken }
            taken += buffer[..<count]
        }
    }
}
