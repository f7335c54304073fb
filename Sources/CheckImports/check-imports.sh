#!/bin/sh
# check-imports.sh MODULE STAMP "LISTED ..." FILE...: fails when a file imports a module that is not listed for MODULE;
# writes STAMP when none does.
set -eu
module=$1 stamp=$2 listed=$3
shift 3
awk -v module="$module" -v listed="$listed" '
    BEGIN {
        count = split(listed, names, " ")
        for (i = 1; i <= count; i++) may[names[i]] = 1
        kinds = "typealias|struct|class|enum|protocol|let|var|func"
    }
    # A text of several lines may hold programs in other languages.
    FNR == 1 { inText = 0 }
    { if (gsub(/"""/, "&") % 2) inText = !inText }
    inText { next }
    # `import M`, with attributes, an access level and a kind before the name, and a symbol after it.
    /^[ \t]*(@[A-Za-z_]+(\([^)]*\))?[ \t]+)*((public|package|internal|fileprivate|private)[ \t]+)?import[ \t]/ {
        name = $0
        sub(/^.*import[ \t]+/, "", name)
        sub("^(" kinds ")[ \t]+", "", name)
        sub(/[^A-Za-z0-9_].*$/, "", name)
        if (name in may) next
        printf "%s:%d: error: Package.swift does not list %s for %s\n", FILENAME, FNR, name, module
        failed = 1
    }
    END { exit failed }
' "$@"
echo "// Package.swift lists every import of $module." > "$stamp"
