/// What a schema asks of a string (validation §6.3, §7). Lengths are in code points.
enum StringRule {
    case length(minimum: Int, maximum: Int)
    case pattern(UnsafePointer<PatternRule>)
    case format(UnsafePointer<Format>)
}
