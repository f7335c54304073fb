/// What a schema asks of a string (validation §6.3, §7). Lengths are in code points.
enum StringRule {
    case minimumLength(Int)
    case maximumLength(Int)
    case format(UnsafePointer<Format>)
}
