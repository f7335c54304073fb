/// What a read or a write came to.
enum LinkProgress {
    case moved(Int)
    /// Nothing for now; it goes on when the socket has input, or takes output.
    case waits(Direction)
    case ended(RedisFault)

    enum Direction {
        case input
        case output
    }
}
