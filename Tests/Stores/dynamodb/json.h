// JSON values as a tree over the text that they were read from.
#pragma once
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct Value;

// A parsed text, which has to outlive it.
class Document {
public:
    explicit Document(std::string_view text);
    Value root() const;

private:
    friend struct Value;
    struct Node {
        std::string_view key, raw;
        std::string_view text;  // the contents of a string, its escapes decoded
        char kind;              // the first character: { [ " t f n, or 0 for a number
        int first = -1, next = -1;
    };
    std::vector<Node> nodes;
    std::deque<std::string> decoded;
    std::string_view input;
    size_t at = 0;

    int value();
    std::string_view string();
    std::string_view decode(std::string_view escaped);
    void children(int parent, char end);
    void space();
    bool take(char byte);
};

// A value of a document; false when there is none.
struct Value {
    const Document *document = nullptr;
    int index = -1;

    explicit operator bool() const { return index >= 0; }
    Value operator[](std::string_view key) const;
    Value first() const { return *this ? Value{document, node().first} : Value{}; }
    Value next() const { return Value{document, node().next}; }
    std::string_view key() const { return node().key; }
    std::string_view raw() const { return *this ? node().raw : std::string_view(); }
    std::string_view text() const { return *this ? node().text : std::string_view(); }
    bool is_true() const { return *this && node().kind == 't'; }
    size_t count() const;
    // Appends the value without space between its parts.
    void compact(std::string &out) const;

private:
    const Document::Node &node() const { return document->nodes[index]; }
};

void append_quoted(std::string &out, std::string_view text);

struct BadJSON : std::runtime_error {
    BadJSON() : runtime_error("not JSON") {}
};
