/// Why a JSON text is no request of this wire: `data.reason` of the error -32600. The raw values are stable.
public enum RequestFlaw: String, CaseIterable, Sendable {
    case notAnObject = "not_an_object"
    case duplicateKey = "duplicate_key"
    case unknownMember = "unknown_member"
    case wrongVersion = "wrong_version"
    case bothRequestAndResponse = "both_request_and_response"
    case noMethod = "no_method"
    case wrongMethodType = "wrong_method_type"
    case wrongParamsType = "wrong_params_type"
    case wrongIDType = "wrong_id_type"
    case idTooLong = "id_too_long"
    /// The id is that of a request in flight.
    case duplicateID = "duplicate_id"
    /// `$/cancelRequest` with an id.
    case notificationOnly = "notification_only"
    case lineTooLong = "line_too_long"
    case emptyBatch = "empty_batch"
    case batchTooLarge = "batch_too_large"

    // Of the member `meta`; `data.pointer` tells the place.
    case wrongMetaType = "wrong_meta_type"
    case wrongType = "wrong_type"
    case outOfRange = "out_of_range"
    case tooShort = "too_short"
    case tooLong = "too_long"
    case invalidFormat = "invalid_format"
    /// An idempotency key for a method that writes nothing.
    case notAWrite = "not_a_write"
}

extension Failure {
    /// The failure of a message that is no valid request.
    init(_ flaw: RequestFlaw, details: [Detail] = []) {
        self.init(.invalidRequest, reason: flaw.rawValue, details: details)
    }
}
