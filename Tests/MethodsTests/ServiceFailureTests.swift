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
        (.alreadyExists, .alreadyExists, #"{"reason":"already_exists"}"#),
        (.versionConflict(current: 7), .versionConflict, #"{"reason":"version_conflict","version":7}"#),
        (.forbidden, .forbidden, #"{"reason":"forbidden"}"#),
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
                + #"{"pointer":"/patch/address/city","keyword":"","reason":"missing_member"}]}"#
        ),
        (
            .tooManyDebts(limit: 100), .invalidParams,
            #"{"reason":"invalid_params","violations":["#
                + #"{"pointer":"/debt","keyword":"","reason":"too_many_items","accepted":"at most 100"}]}"#
        ),
        (.contended, .busy, #"{"reason":"busy","retryAfterMs":100}"#),
        (.unreadable(.b), .internalError, #"{"reason":"unreadable","base":"B"}"#),
        (.vault, .internalError, #"{"reason":"vault"}"#),
    ]

    @Test("each error has its code, its reason and its details", arguments: 0..<13)
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
