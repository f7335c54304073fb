import Bureau
import Journal
import Logging
import Platform
import Services
import Vault

extension FloorTable {
    /// Opens what this machine has seen of records, in the folder of its journal. Nil where that cannot be: everything
    /// is served then, and what is put back as a whole is told by `creditd consistency check` alone.
    static func opened(in folder: String, keys: AuditKeys, log: Logger) -> FloorTable? {
        do throws(MappedFileError) {
            let table = try FloorTable(folder: folder, keys: keys, now: Stamps.system.now())
            if table.isReplaced {
                log.notice(
                    "the file of what this machine has seen of records is damaged or another version's, and begins anew",
                    metadata: ["folder": "\(folder)"])
            }
            return table
        } catch {
            log.notice(
                "this machine keeps nothing of what it has seen of records: a whole record that is put back is not seen",
                metadata: ["folder": "\(folder)", "reason": "\(error)"])
            return nil
        }
    }
}
