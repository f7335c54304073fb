/// Something that any bytes may be given to.
package protocol FuzzTarget {
    init()

    /// Takes an input, which ends with the call. Whatever must hold of it is checked by
    /// ``Promise/Promise.demand(_:_:)``.
    mutating func run(_ input: UnsafeBufferPointer<UInt8>)
}
