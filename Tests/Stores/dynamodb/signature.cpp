#include "signature.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>

std::string_view header(const Headers &headers, std::string_view name) {
    for (auto &[known, value] : headers)
        if (known == name) return value;
    return {};
}

static std::string hmac(const std::string &key, std::string_view text) {
    unsigned char code[32];
    unsigned int length = sizeof code;
    HMAC(EVP_sha256(), key.data(), (int)key.size(), (const unsigned char *)text.data(), text.size(), code, &length);
    return std::string((char *)code, length);
}

static std::string hexadecimal(std::string_view bytes) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

static std::string hash(std::string_view text) {
    unsigned char digest[32];
    EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr);
    return hexadecimal({(char *)digest, sizeof digest});
}

// The text between `name` and the next comma.
static std::string_view part(std::string_view authorization, std::string_view name) {
    size_t start = authorization.find(name);
    if (start == authorization.npos) return {};
    start += name.size();
    return authorization.substr(start, authorization.find(',', start) - start);
}

const std::string &SignatureCheck::derived(std::string_view wanted) {
    if (scope != wanted) {
        scope = wanted;
        signing_key = "AWS4" + secret;
        for (size_t start = 0; start <= wanted.size();) {
            size_t end = std::min(wanted.find('/', start), wanted.size());
            signing_key = hmac(signing_key, wanted.substr(start, end - start));
            start = end + 1;
        }
    }
    return signing_key;
}

const char *SignatureCheck::error(const Headers &headers, std::string_view body) {
    std::string_view authorization = header(headers, "authorization");
    std::string_view credential = part(authorization, "Credential="), names = part(authorization, "SignedHeaders=");
    size_t slash = credential.find('/');
    if (authorization.substr(0, 17) != "AWS4-HMAC-SHA256 " || slash == credential.npos)
        return "MissingAuthenticationTokenException";
    if (credential.substr(0, slash) != key) return "UnrecognizedClientException";
    std::string_view scope = credential.substr(slash + 1), date = header(headers, "x-amz-date");

    std::string request = "POST\n/\n\n";
    for (size_t start = 0; start < names.size();) {
        size_t end = std::min(names.find(';', start), names.size());
        std::string_view name = names.substr(start, end - start);
        request.append(name).append(":").append(header(headers, name)).append("\n");
        start = end + 1;
    }
    request.append("\n").append(names).append("\n").append(hash(body));
    std::string text = "AWS4-HMAC-SHA256\n";
    text.append(date).append("\n").append(scope).append("\n").append(hash(request));
    bool is_right = part(authorization, "Signature=") == hexadecimal(hmac(derived(scope), text))
        && scope.substr(0, 8) == date.substr(0, 8);
    return is_right ? nullptr : "InvalidSignatureException";
}
