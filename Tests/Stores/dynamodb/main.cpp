// dynamodb [--throttle N] [--deny OPERATION]...: a stand-in for the DynamoDB API, in memory and fast enough to measure
// its clients.
//
// Prints the port on loopback that it listens on, and serves until it is stopped. Checks each signature with
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Evaluates the conditions and updates that creditd sends, and refuses
// what the API refuses: key types, duplicates and sizes of batches, unused values, large items. --throttle refuses one
// call of N, --deny an operation, as for missing rights.
#include "signature.h"
#include "tables.h"
#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>

struct Response {
    int status;
    std::string body;
};

class Service {
public:
    Service(SignatureCheck check, unsigned throttle, std::set<std::string, std::less<>> denied)
        : check(std::move(check)), throttle(throttle), denied(std::move(denied)) {}

    Response respond(const Headers &headers, std::string_view body) {
        try {
            if (const char *error = check.error(headers, body)) throw Refusal{error, "The signature is refused"};
            std::string_view target = header(headers, "x-amz-target");
            std::string_view operation = target.substr(std::min(target.find('.') + 1, target.size()));
            if (denied.count(operation)) throw Refusal{"AccessDeniedException", "not authorized"};
            if (throttle && ++calls % throttle == 0)
                throw Refusal{"ProvisionedThroughputExceededException", "The level of throughput was exceeded"};
            Document document(body);
            return {200, tables.answer(operation, document.root())};
        } catch (const BadJSON &) {
            return refused({"SerializationException", ""});
        } catch (const Refusal &refusal) {
            return refused(refusal);
        }
    }

private:
    SignatureCheck check;
    Tables tables;
    unsigned throttle, calls = 0;
    std::set<std::string, std::less<>> denied;

    static Response refused(const Refusal &refusal) {
        std::string body = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + refusal.name + "\",\"message\":";
        if (refusal.name == "ConditionalCheckFailedException") {
            body += "\"The conditional request failed\"";
            if (!refusal.message.empty()) body += ",\"Item\":" + refusal.message;
        } else {
            append_quoted(body, refusal.message);
        }
        return {400, body + "}"};
    }
};

// A connection of HTTP/1.1 that is kept alive.
class Connection {
public:
    explicit Connection(int descriptor) : descriptor(descriptor) {}
    ~Connection() { close(descriptor); }

    // Reads, answers and writes what there is; false at the end.
    bool serve(Service &service) {
        char chunk[1 << 16];
        ssize_t count;
        while ((count = recv(descriptor, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
            input.append(chunk, (size_t)count);
            if ((size_t)count < sizeof chunk) break;
        }
        if (count == 0) return false;
        while (take_request(service)) {}
        return flush();
    }

private:
    int descriptor;
    std::string input, output;
    bool is_told_to_continue = false;

    bool take_request(Service &service) {
        size_t end = input.find("\r\n\r\n");
        if (end == input.npos) return false;
        Headers headers = read_headers(std::string_view(input).substr(0, end));
        size_t length = strtoul(std::string(header(headers, "content-length")).c_str(), nullptr, 10);
        if (input.size() < end + 4 + length) {
            if (!header(headers, "expect").empty() && !is_told_to_continue) {
                output += "HTTP/1.1 100 Continue\r\n\r\n";
                is_told_to_continue = true;
            }
            return false;
        }
        is_told_to_continue = false;
        Response response = service.respond(headers, std::string_view(input).substr(end + 4, length));
        char head[128];
        snprintf(head, sizeof head,
                 "HTTP/1.1 %d %s\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n\r\n",
                 response.status, response.status == 200 ? "OK" : "Bad Request", response.body.size());
        output.append(head).append(response.body);
        input.erase(0, end + 4 + length);
        return true;
    }

    static Headers read_headers(std::string_view text) {
        Headers headers;
        for (size_t start = text.find("\r\n"); start != text.npos;) {
            start += 2;
            size_t end = text.find("\r\n", start), colon = text.find(':', start);
            if (colon == text.npos) break;
            std::string name(text.substr(start, colon - start));
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char byte) { return tolower(byte); });
            size_t value = std::min(text.find_first_not_of(' ', colon + 1), std::min(end, text.size()));
            headers.emplace_back(name, text.substr(value, end == text.npos ? end : end - value));
            start = end;
        }
        return headers;
    }

    // Clients read what they have asked for, so that writing may wait.
    bool flush() {
        for (size_t sent = 0; sent < output.size();) {
            ssize_t count = send(descriptor, output.data() + sent, output.size() - sent, MSG_NOSIGNAL);
            if (count < 0) return false;
            sent += (size_t)count;
        }
        output.clear();
        return true;
    }
};

static int listen_on_loopback() {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (sockaddr *)&address, size) || listen(listener, 512)
        || getsockname(listener, (sockaddr *)&address, &size)) {
        perror("dynamodb");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    const char *key = getenv("AWS_ACCESS_KEY_ID"), *secret = getenv("AWS_SECRET_ACCESS_KEY");
    if (!key || !secret) {
        fprintf(stderr, "dynamodb: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing\n");
        return 64;
    }
    unsigned throttle = 0;
    std::set<std::string, std::less<>> denied;
    for (int at = 1; at + 1 < count; at += 2) {
        if (!strcmp(arguments[at], "--throttle")) throttle = (unsigned)atoi(arguments[at + 1]);
        else if (!strcmp(arguments[at], "--deny")) denied.insert(arguments[at + 1]);
        else return 64;
    }
    Service service(SignatureCheck(key, secret), throttle, denied);
    int listener = listen_on_loopback(), poll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event = {EPOLLIN, {.fd = listener}}, events[64];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    std::unordered_map<int, Connection> connections;
    while (true) {
        int ready = epoll_wait(poll, events, 64, -1);
        for (int at = 0; at < ready; at++) {
            int descriptor = events[at].data.fd;
            if (descriptor != listener) {
                if (!connections.at(descriptor).serve(service)) connections.erase(descriptor);
                continue;
            }
            int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), on = 1;
            if (accepted < 0) continue;
            setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            event = {EPOLLIN, {.fd = accepted}};
            epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
            connections.try_emplace(accepted, accepted);
        }
    }
}
