import JSON
import Services

extension Written {
    /// Appends the result of an update.
    func write(to writer: inout Writer) {
        writer.object { result in
            result.member("version", version)
            result.member("updatedAt", at)
        }
    }

    /// Appends the result of a deletion.
    func writeDeletion(to writer: inout Writer) {
        writer.object { $0.member("version", version) }
    }
}
