# Shorthands. Everything here is one command that can be typed as well.

# Lists what there is.
default:
    @just --list

# Serves the sandbox on 127.0.0.1:50051.
run *args:
    cargo run -- {{args}}

# Runs every test on both databases; installs what they need.
test *args:
    tests/run {{args}}

# Does all that must pass before a merge.
check:
    .ci/run

# Writes our figures beside their limits.
bench *args:
    cargo bench --bench figures -- {{args}}

# Runs the command line.
cli *args:
    cargo run --package jamsostek-client --features cli -- {{args}}

# Shows a participant's whole way, each call as a grpcurl command.
tour:
    cargo run --example tour

# Looks at licences, banned crates and advisories.
deny:
    cargo deny check

# Formats.
fmt:
    cargo fmt --all
