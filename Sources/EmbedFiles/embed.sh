#!/bin/sh
# embed.sh TYPE ROOT OUTPUT PATH...: writes the files ROOT/PATH into OUTPUT as TYPE.all, one TYPE of path and text each.
set -eu
type=$1 root=$2 output=$3
shift 3
{
    echo "extension $type {"
    echo "    public static let all: [$type] = ["
    for path in "$@"; do
        printf '        %s(path: "%s", text: ##"""\n' "$type" "$path"
        cat "$root/$path"
        printf '\n"""##),\n'
    done
    echo '    ]'
    echo '}'
} > "$output"
