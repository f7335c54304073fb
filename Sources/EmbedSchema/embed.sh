#!/bin/sh
# embed.sh ROOT OUTPUT PATH...: writes the files ROOT/PATH into OUTPUT as one Swift array of path and text.
set -eu
root=$1 output=$2
shift 2
{
    echo 'extension EmbeddedFile {'
    echo '    package static let all: [EmbeddedFile] = ['
    for path in "$@"; do
        printf '        EmbeddedFile(path: "%s", text: ##"""\n' "$path"
        cat "$root/$path"
        printf '\n"""##),\n'
    done
    echo '    ]'
    echo '}'
} > "$output"
