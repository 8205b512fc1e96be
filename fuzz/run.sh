#!/bin/sh
# Runs each fuzz target for FUZZ_SECONDS (60); `make fuzz` calls this. It needs the nightly
# toolchain, and says so where that is not there. A finding ends it with an error: the input that
# makes it happen then stands in fuzz/artifacts/TARGET.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
tools=$PWD/.bench/tools

if ! rustup run nightly rustc --version > /dev/null 2>&1; then
    echo "fuzzing is skipped: no nightly toolchain ('rustup toolchain install nightly' gets it)"
    exit 0
fi
if [ ! -x "$tools/bin/cargo-fuzz" ]; then
    if ! cargo install cargo-fuzz --locked --quiet --root "$tools"; then
        echo "fuzzing is skipped: cargo-fuzz could not be installed, see above"
        exit 0
    fi
fi
for target in ${FUZZ_TARGETS:-pattern scan timestamp csv json logfmt decode}; do
    echo "fuzzing $target for $seconds seconds"
    mkdir -p "fuzz/corpus/$target"
    # Long lines are held several times over by the scan and by what it is compared with.
    PATH=$tools/bin:$PATH cargo +nightly fuzz run "$target" \
        "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -max_len=2000 -dict="fuzz/$target.dict" \
        -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 -verbosity=1
done
