#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

// SHA-256 by its state, which OpenSSL 3 calls deprecated: EVP allocates for each message.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void creditd_sha256_init(SHA256_CTX *context) {
    SHA256_Init(context);
}
static inline void creditd_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}
static inline void creditd_sha256_final(void *digest, SHA256_CTX *context) {
    SHA256_Final(digest, context);
}
#pragma clang diagnostic pop
