extension Compiler {
    /// What a schema is compiled for.
    enum Role {
        /// To tell whether values meet it, and nothing more.
        case plain
        /// To tell beside that which members or elements it has evaluated.
        case tracked
        /// As `tracked`, and without its own `unevaluatedItems` and `unevaluatedProperties`.
        case withoutUnevaluated
    }
}
