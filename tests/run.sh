#!/usr/bin/env bash
# Runs every test project that is already built, one after the other, and ends with `N passed, N failed`
# (with `, N skipped` when there are any). A skip that tests/skips.txt does not list is a failure.
# Usage: tests/run.sh CONFIGURATION
set -uo pipefail
cd "$(dirname "$0")/.."

configuration=$1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0
: > "$results/failed"

# Counts N failures, and keeps LINE for the end.
fail() {
    failed=$((failed + $1))
    echo "$2" | tee -a "$results/failed"
}

# The value of ATTRIBUTE in the <Counters> of a .trx file.
counter() {
    grep -o '<Counters [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9'
}

for project in tests/*.Tests; do
    name=$(basename "$project")
    echo "== $name"
    # A hung test must not hang the run: blame ends it and names it.
    dotnet test "$project" -c "$configuration" --no-build --nologo -v quiet \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results" \
        --blame-hang --blame-hang-timeout 3m --blame-hang-dump-type none | tee "$results/log"
    status=${PIPESTATUS[0]}
    grep -A 8 '^  Failed ' "$results/log" >> "$results/failed"
    trx=$results/$name.trx
    if [ ! -s "$trx" ]; then
        fail 1 "FAILED $name: it gave no result"
        continue
    fi

    project_failed=$(($(counter "$trx" total) - $(counter "$trx" passed) - $(counter "$trx" notExecuted)))
    if [ "$status" -ne 0 ] && [ "$project_failed" -eq 0 ]; then
        fail 1 "FAILED $name: the test host ended with $status"
    fi

    passed=$((passed + $(counter "$trx" passed)))
    failed=$((failed + project_failed))
    while IFS= read -r test; do
        if grep -qF "$test"$'\t' tests/skips.txt; then
            skipped=$((skipped + 1))
        else
            fail 1 "FAILED $test: skipped, but not listed in tests/skips.txt"
        fi
    done < <(grep -o '<UnitTestResult [^>]*outcome="NotExecuted"[^>]*' "$trx" | grep -o 'testName="[^"]*"' | cut -d'"' -f2)
done

if [ "$failed" -gt 0 ]; then
    # Once more at the end, where a long log is read first.
    echo "== What failed"
    cat "$results/failed"
fi

summary="$passed passed, $failed failed"
if [ "$skipped" -gt 0 ]; then
    summary="$summary, $skipped skipped"
fi
echo "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
