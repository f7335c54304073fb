import ArgumentParser

/// A store as it is named on the command line.
enum StoreURL: Hashable, ExpressibleByArgument {
    /// `sqlite:PATH`, an embedded file.
    case sqlite(path: String)

    init?(argument: String) {
        let scheme = "sqlite:"
        guard argument.hasPrefix(scheme), argument.count > scheme.count else { return nil }
        self = .sqlite(path: String(argument.dropFirst(scheme.count)))
    }
}
