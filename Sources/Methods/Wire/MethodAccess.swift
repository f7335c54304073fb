import Bureau
import JSON
import JSONRPC
import Services

/// What a method shows or changes, by its contract, and who decides about it.
final class MethodAccess: Sendable {
    let method: String
    let groups: ContractGroups
    let control: AccessControl
    /// Whether assistants ask; see `Access`.
    let isByAssistant: Bool
    /// The access of params that state neither purpose nor requester; nil where they have to.
    let unstated: Access?

    init(_ method: String, _ groups: ContractGroups, _ control: AccessControl, isByAssistant: Bool = false) {
        self.method = method
        self.groups = groups
        self.control = control
        self.isByAssistant = isByAssistant
        var access = Access(
            method: method, purpose: control.fixedPurpose, requester: control.fixedRequester, groups: groups.shows,
            duty: groups.duty)
        access.isByAssistant = isByAssistant
        let isComplete =
            (access.purpose != nil || !groups.needsPurpose && !control.needsPurpose)
            && (access.requester != nil || !groups.needsRequester)
        unstated = isComplete ? access : nil
    }

    /// Whether an access is granted, as far as can be told without a store. `forbidden`.
    func authorise(_ access: Access) -> Result<Void, ServiceError> {
        groups.shows.isEmpty ? control.permit(access) : control.disclosures(of: access).map { _ in }
    }
}

/// The access of each method.
struct MethodAccesses: Sendable {
    private let groups: [String: ContractGroups]
    private let control: AccessControl
    /// What has subjects found under their present tokens.
    let moves: TokenMoves

    init(_ contracts: ContractSet, _ control: AccessControl, _ moves: TokenMoves) {
        self.moves = moves
        groups = Dictionary(contracts.contracts.map { ($0.method, $0.groups) }) { $1 }
        self.control = control
    }

    /// A method without a contract shows and changes nothing, so that nobody may call it.
    func of(_ method: String, isByAssistant: Bool = false) -> MethodAccess {
        MethodAccess(method, groups[method] ?? ContractGroups(), control, isByAssistant: isByAssistant)
    }
}

extension ObjectReader {
    /// Reads why the params ask for what the method shows, or for some of it. What the process is fixed to stands for
    /// what the params leave out; anything else is refused, and recorded as an access that was denied. Params without
    /// the purpose that is due are none of the method's, and no access.
    func readAccess(to shown: FieldGroups? = nil) throws(Failure) -> Access {
        // Most reads have the CPF alone.
        if shown == nil, value.count == 1, let unstated = access.unstated { return unstated }
        let control = access.control
        let purpose = try optional("purpose", Purpose.self)
        let requester = try optionalKeptText("requester")
        var stated = Access(
            method: method, purpose: purpose ?? control.fixedPurpose, requester: requester ?? control.fixedRequester,
            groups: shown ?? access.groups.shows, duty: access.groups.duty)
        stated.isByAssistant = access.isByAssistant
        guard Self.fits(purpose, control.fixedPurpose), Self.fits(requester, control.fixedRequester) else {
            control.noteDenied(stated, try optional("cpf"))
            throw Failure(of: .forbidden(.fixed))
        }
        if stated.purpose == nil, access.groups.needsPurpose || control.needsPurpose { throw missing("purpose") }
        if stated.requester == nil, access.groups.needsRequester { throw missing("requester") }
        return stated
    }

    /// Why the params ask to change what the method writes.
    func writeAccess() -> Access {
        var stated = Access(method: method, groups: access.groups.changes, duty: access.groups.duty)
        stated.isByAssistant = access.isByAssistant
        return stated
    }

    private static func fits<T: Equatable>(_ stated: T?, _ fixed: T?) -> Bool {
        stated == nil || fixed == nil || stated == fixed
    }
}
