/// Reads the bodies of a page; nil for an event that the history has lost since its place was read.
struct BodiesDecoder: ReplyDecoder {
    static var placeholder: [[UInt8]?] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [[UInt8]?]? {
        var bodies: [[UInt8]?] = []
        for _ in 0..<(try cursor.arrayCount()) {
            bodies.append(try cursor.bulk().map { Array($0) })
        }
        return bodies
    }
}
