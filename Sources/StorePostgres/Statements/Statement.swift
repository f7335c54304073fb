/// The statements of base A, prepared once for each connection.
///
/// Each works on a whole batch: its parameters are arrays, which `unnest` turns into rows. A statement that joins such
/// rows to a table also names the tokens by `ANY`, so that every plan reaches the table by its index. The raw values
/// are the names of the prepared statements.
enum Statement: String, CaseIterable, Sendable {
    case audit = "creditd_audit"
    case logWrites = "creditd_logWrites"
    case auditEdge = "creditd_auditEdge"
    case recordsAt = "creditd_recordsAt"
    case lockTree = "creditd_lockTree"
    case growTree = "creditd_growTree"
    case leaves = "creditd_leaves"
    case leafOfRecord = "creditd_leafOfRecord"
    case tiles = "creditd_tiles"
    case heads = "creditd_heads"
    case findRecords = "creditd_findRecords"
    case strayRecords = "creditd_strayRecords"
    case segments = "creditd_segments"
    case allowDropping = "creditd_allowDropping"
    case dropSegment = "creditd_dropSegment"
    case read = "creditd_read"
    case create = "creditd_create"
    case lock = "creditd_lock"
    case continueVersions = "creditd_continueVersions"
    case update = "creditd_update"
    case delete = "creditd_delete"
    case findDebts = "creditd_findDebts"
    case addDebts = "creditd_addDebts"
    case replaceDebts = "creditd_replaceDebts"
    case removeDebts = "creditd_removeDebts"
    case findPayments = "creditd_findPayments"
    case paymentPage = "creditd_paymentPage"
    case personPaymentPage = "creditd_personPaymentPage"
    case addPayments = "creditd_addPayments"
    case replacePayments = "creditd_replacePayments"
    case receipts = "creditd_receipts"
    case forgetReceipts = "creditd_forgetReceipts"
    case openRequests = "creditd_openRequests"
    case countDetails = "creditd_countDetails"
    case finishRequests = "creditd_finishRequests"
    case requestPage = "creditd_requestPage"
    case openRequestPage = "creditd_openRequestPage"
    case everyRequestPage = "creditd_everyRequestPage"
    case grantConsents = "creditd_grantConsents"
    case revokeConsents = "creditd_revokeConsents"
    case consentPage = "creditd_consentPage"
    case cancelCadastros = "creditd_cancelCadastros"
    case reopenCadastros = "creditd_reopenCadastros"
    case cadastros = "creditd_cadastros"
    case closedCadastros = "creditd_closedCadastros"
    case bindKeyRing = "creditd_bindKeyRing"
    case keyRing = "creditd_keyRing"
    case wrappingKeys = "creditd_wrappingKeys"
    case noteWrappingKeys = "creditd_noteWrappingKeys"
    case reserveEncryptions = "creditd_reserveEncryptions"
    case setRetired = "creditd_setRetired"
    case anyDataKey = "creditd_anyDataKey"
    case dataKeys = "creditd_dataKeys"
    case rewrap = "creditd_rewrap"
    case paymentCounts = "creditd_paymentCounts"
    case highestEncryptionCount = "creditd_highestEncryptionCount"
    case sealedPayments = "creditd_sealedPayments"
    case sealedConsents = "creditd_sealedConsents"
    case sealedRequests = "creditd_sealedRequests"
    case resealPersons = "creditd_resealPersons"
    case resealDebts = "creditd_resealDebts"
    case resealPayments = "creditd_resealPayments"
    case resealConsents = "creditd_resealConsents"
    case resealRequests = "creditd_resealRequests"
    case resealingMark = "creditd_resealingMark"
    case setResealingMark = "creditd_setResealingMark"
    case shareBurialLock = "creditd_shareBurialLock"
    case takeBurialLock = "creditd_takeBurialLock"
    case bury = "creditd_bury"
    case tombstones = "creditd_tombstones"
    case tombstonePage = "creditd_tombstonePage"
    case erase = "creditd_erase"
    case remains = "creditd_remains"
    case enqueue = "creditd_enqueue"
    case outboxEntries = "creditd_outboxEntries"
    case openEntries = "creditd_openEntries"
    case claim = "creditd_claim"
    case finish = "creditd_finish"
    case block = "creditd_block"
    case unblock = "creditd_unblock"
    case blocked = "creditd_blocked"
    case keptTokens = "creditd_keptTokens"
    case tokenPage = "creditd_tokenPage"
    case renamePersons = "creditd_renamePersons"
    case renameVersions = "creditd_renameVersions"
    case renameReceipts = "creditd_renameReceipts"
    case renameRequests = "creditd_renameRequests"
    case renameCadastros = "creditd_renameCadastros"
    case renameBlocks = "creditd_renameBlocks"
    case renameTombstones = "creditd_renameTombstones"

    var sql: String {
        switch self {
        case .audit: Self.auditSQL
        case .logWrites: Self.logWritesSQL
        case .auditEdge: Self.auditEdgeSQL
        case .recordsAt: Self.recordsAtSQL
        case .lockTree: Self.lockTreeSQL
        case .growTree: Self.growTreeSQL
        case .leaves: Self.leavesSQL
        case .leafOfRecord: Self.leafOfRecordSQL
        case .tiles: Self.tilesSQL
        case .heads: Self.headsSQL
        case .findRecords: Self.findRecordsSQL
        case .strayRecords: Self.strayRecordsSQL
        case .segments: "SELECT first_tile, past_tile, mac FROM audit_segment ORDER BY first_tile"
        case .allowDropping: "SELECT set_config('creditd.drops_segments', 'on', true)"
        case .dropSegment: Self.dropSegmentSQL
        case .read: Self.readSQL
        case .create: Self.createSQL
        case .lock: Self.lockSQL
        case .continueVersions: Self.continueVersionsSQL
        case .update: Self.updateSQL
        case .delete: Self.deleteSQL
        case .findDebts: Self.findDebtsSQL
        case .addDebts: Self.addDebtsSQL
        case .replaceDebts: Self.replaceDebtsSQL
        case .removeDebts: Self.removeDebtsSQL
        case .findPayments: Self.findPaymentsSQL
        case .paymentPage: Self.paymentPageSQL
        case .personPaymentPage: Self.personPaymentPageSQL
        case .addPayments: Self.addPaymentsSQL
        case .replacePayments: Self.replacePaymentsSQL
        case .receipts: Self.receiptsSQL
        case .forgetReceipts: Self.forgetReceiptsSQL
        case .openRequests: Self.openRequestsSQL
        case .countDetails: Self.countDetailsSQL
        case .finishRequests: Self.finishRequestsSQL
        case .requestPage: Self.requestPageSQL
        case .openRequestPage: Self.openRequestPageSQL
        case .everyRequestPage: Self.everyRequestPageSQL
        case .grantConsents: Self.grantConsentsSQL
        case .revokeConsents: Self.revokeConsentsSQL
        case .consentPage: Self.consentPageSQL
        case .cancelCadastros: Self.cancelCadastrosSQL
        case .reopenCadastros: Self.reopenCadastrosSQL
        case .cadastros: Self.cadastrosSQL
        case .closedCadastros: Self.closedCadastrosSQL
        case .bindKeyRing: Self.bindKeyRingSQL
        case .keyRing: "SELECT fingerprint FROM key_ring"
        case .wrappingKeys: Self.wrappingKeysSQL
        case .noteWrappingKeys: Self.noteWrappingKeysSQL
        case .reserveEncryptions: Self.reserveEncryptionsSQL
        case .setRetired: Self.setRetiredSQL
        case .dataKeys: Self.dataKeysSQL
        case .rewrap: Self.rewrapSQL
        case .paymentCounts: Self.paymentCountsSQL
        case .highestEncryptionCount: Self.highestEncryptionCountSQL
        case .sealedPayments: Self.sealedPaymentsSQL
        case .sealedConsents: Self.sealedConsentsSQL
        case .sealedRequests: Self.sealedRequestsSQL
        case .resealPersons: Self.resealPersonsSQL
        case .resealDebts: Self.resealDebtsSQL
        case .resealPayments: Self.resealPaymentsSQL
        case .resealConsents: Self.resealConsentsSQL
        case .resealRequests: Self.resealRequestsSQL
        case .resealingMark: Self.resealingMarkSQL
        case .setResealingMark: Self.setResealingMarkSQL
        case .anyDataKey: "SELECT token, data_key FROM person LIMIT 1"
        case .shareBurialLock: Self.shareBurialLockSQL
        case .takeBurialLock: Self.takeBurialLockSQL
        case .bury: Self.burySQL
        case .tombstones: Self.tombstonesSQL
        case .tombstonePage: Self.tombstonePageSQL
        case .erase: Self.eraseSQL
        case .remains: Self.remainsSQL
        case .enqueue: Self.enqueueSQL
        case .outboxEntries: Self.outboxEntriesSQL
        case .openEntries: Self.openEntriesSQL
        case .claim: Self.claimSQL
        case .finish: Self.finishSQL
        case .block: Self.blockSQL
        case .unblock: Self.unblockSQL
        case .blocked: Self.blockedSQL
        case .keptTokens: Self.keptTokensSQL
        case .tokenPage: Self.tokenPageSQL
        case .renamePersons: Self.renamePersonsSQL
        case .renameVersions: Self.renameVersionsSQL
        case .renameReceipts: Self.renameReceiptsSQL
        case .renameRequests: Self.renameRequestsSQL
        case .renameCadastros: Self.renameCadastrosSQL
        case .renameBlocks: Self.renameBlocksSQL
        case .renameTombstones: Self.renameTombstonesSQL
        }
    }
}

/// A statement with its parameters.
struct BoundStatement: Sendable {
    let statement: Statement
    let parameters: Parameters

    init(_ statement: Statement, _ fill: (inout Parameters) -> Void = { _ in }) {
        var parameters = Parameters()
        fill(&parameters)
        self.statement = statement
        self.parameters = parameters
    }
}

/// The parameters of one statement, each a one-dimensional array in PostgreSQL's binary format (`array_recv`).
///
/// Each array has one element for each item of a batch; `unnest` turns the arrays into rows. No value is ever part of
/// the SQL.
struct Parameters: Sendable {
    /// The arrays, one after the other.
    private(set) var bytes: [UInt8] = []
    /// The end of each array in `bytes`.
    private(set) var ends: [Int] = []

    /// Adds an array with the value that `read` returns for each item, NULL where it returns nil.
    mutating func add<Items: Collection, Value: BinaryValue>(_ items: Items, _ read: (Items.Element) -> Value?) {
        let dimensions: Int32 = 1
        let lowerBound: Int32 = 1
        bytes.append(bigEndian: dimensions)
        let flagPosition = bytes.count
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Value.typeID)
        bytes.append(bigEndian: Int32(items.count))
        bytes.append(bigEndian: lowerBound)
        var hasNull = false
        for item in items {
            let lengthPosition = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard let value = read(item) else {
                hasNull = true
                continue
            }
            value.append(to: &bytes)
            set(Int32(bytes.count - lengthPosition - 4), at: lengthPosition)
        }
        if hasNull { set(1, at: flagPosition) }
        ends.append(bytes.count)
    }

    private mutating func set(_ value: Int32, at position: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: position, as: Int32.self) }
    }
}
