import Bureau
import JSON
import JSONRPC
import MemoryStores
import Repositories
import Services
import Testing

@testable import Methods

@Suite("The errors of services, as clients are answered")
struct ServiceFailureTests {
    /// Every error of the services with the `data` that it is answered with.
    private static let table: [(ServiceError, ErrorCode, String)] = [
        (.notFound, .notFound, #"{"reason":"not_found"}"#),
        (.alreadyExists(), .alreadyExists, #"{"reason":"already_exists"}"#),
        (
            .alreadyExists(debtID: RecordID(high: 1, low: 2)), .alreadyExists,
            #"{"reason":"already_exists","debtId":"00000000-0000-0001-0000-000000000002"}"#
        ),
        (.versionConflict(current: 7), .versionConflict, #"{"reason":"version_conflict","version":7}"#),
        (
            .forbidden(.policy([.debts, .identity])), .forbidden,
            #"{"reason":"forbidden","cause":"policy","groups":["identity","debts"]}"#
        ),
        (
            .forbidden(.role(.score)), .forbidden,
            #"{"reason":"forbidden","cause":"role","groups":["score"]}"#
        ),
        (.forbidden(.role([])), .forbidden, #"{"reason":"forbidden","cause":"role"}"#),
        (.forbidden(.fixed), .forbidden, #"{"reason":"forbidden","cause":"fixed"}"#),
        (.forbidden(.erased), .forbidden, #"{"reason":"forbidden","cause":"erased"}"#),
        (.forbidden(.blocked), .forbidden, #"{"reason":"forbidden","cause":"blocked"}"#),
        (
            .store(.unavailable(.b, .test, retryAfterMilliseconds: 250)), .storeUnavailable,
            #"{"reason":"store_unavailable","base":"B","cause":"throttled","code":"TEST","retryAfterMs":250}"#
        ),
        (
            .store(.outcomeUnknown(.c, .test)), .outcomeUnknown,
            #"{"reason":"outcome_unknown","base":"C","cause":"throttled","code":"TEST"}"#
        ),
        (
            .store(.auditUnavailable(.test)), .auditUnavailable,
            #"{"reason":"audit_unavailable","base":"A","cause":"throttled","code":"TEST"}"#
        ),
        (.store(.corrupt(.a)), .internalError, #"{"reason":"store_corrupt","base":"A"}"#),
        (
            .invalidPatch(pointer: "/address/city"), .invalidParams,
            #"{"reason":"invalid_params","violations":["#
                + #"{"pointer":"/patch/address/city","keyword":"","reason":"missing_member","#
                + #""accepted":"required: city"}]}"#
        ),
        (
            .invalid([RuleViolation("/birthDate", .inTheFuture)]), .invalidParams,
            #"{"reason":"invalid_params","violations":["#
                + #"{"pointer":"/birthDate","keyword":"","reason":"in_the_future","#
                + #""accepted":"a day up to today in São Paulo"}]}"#
        ),
        (
            .limitReached(limit: "open_debts", most: 100), .limitReached,
            #"{"reason":"limit_reached","limit":"open_debts","most":100}"#
        ),
        (.idempotencyConflict, .idempotencyConflict, #"{"reason":"idempotency_conflict"}"#),
        (.eventConflict, .eventConflict, #"{"reason":"event_conflict"}"#),
        (.unscorable(.under18), .unscorable, #"{"reason":"unscorable","cause":"under_18"}"#),
        (.contended, .busy, #"{"reason":"busy","retryAfterMs":100}"#),
        (.unreadable(.b), .integrity, #"{"reason":"integrity","base":"B"}"#),
        (.vault, .internalError, #"{"reason":"vault"}"#),
    ]

    @Test("each error has its code, its reason and its details", arguments: 0..<18)
    func maps(index: Int) throws {
        let (error, code, data) = Self.table[index]
        let failure = Failure(of: error)
        #expect(failure.code == code)
        let told = try Text { failure.write(to: &$0) }.parse { value in
            String(decoding: try #require(value["data"]).rawText, as: UTF8.self)
        }
        #expect(told == data)
    }
}
