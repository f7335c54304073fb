// Checks signatures: AWS Signature Version 4 ("Create a signed AWS API request", AWS IAM User Guide).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The headers of a request; names in lower case.
using Headers = std::vector<std::pair<std::string, std::string_view>>;

std::string_view header(const Headers &headers, std::string_view name);

// Knows one access key.
class SignatureCheck {
public:
    SignatureCheck(std::string key, std::string secret) : key(std::move(key)), secret(std::move(secret)) {}

    // The name of the error of `POST /` with this body; nullptr when its signature is right.
    const char *error(const Headers &headers, std::string_view body);

private:
    std::string key, secret;
    std::string scope, signing_key;  // the latest
    const std::string &derived(std::string_view scope);
};
