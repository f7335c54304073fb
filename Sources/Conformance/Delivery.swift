/// How the input of a case reaches the daemon.
package enum Delivery: String, CaseIterable, Sendable {
    case inOneWrite = "in one write"
    case byteByByte = "byte by byte"
    /// A good request follows the case, and must be answered as if nothing had happened.
    case beforeAGoodRequest = "before a good request"
}
