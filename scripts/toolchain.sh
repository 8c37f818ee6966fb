# shellcheck shell=bash
# SPDX-License-Identifier: MIT-0
#
# Finds or installs what a build needs: packages, a Swift, and the right user to build as. Sourced by the scripts
# beside it, which set `root` (the checkout) and `program` (the first word of messages). Nothing here writes to standard
# output or reads standard input.

: "${root:?the checkout}" "${program:?the first word of messages}"
minimum_swift=6.2

say() { printf '%s: %s\n' "$program" "$*" >&2; }

# A command to run when no build is possible; without one, the script ends.
instead_of_building=

# Prints one sentence that says what to do, and ends with the exit status of a failed harness.
fail() {
    say "$*"
    [[ -z $instead_of_building ]] || "$instead_of_building"
    exit 2
}

is_root() { [[ $EUID -eq 0 ]]; }

# Whether this process may make namespaces and links: CAP_NET_ADMIN (12) and CAP_SYS_ADMIN (21).
may_administer_network() {
    local key value
    while read -r key value; do
        [[ $key != CapEff: ]] || { ((16#$value >> 12 & 16#$value >> 21 & 1)) && return; }
    done </proc/self/status
    return 1
}

# ---- Packages ----

have_library() {
    if command -v pkg-config >/dev/null; then pkg-config --exists "$1"; else [[ -e /usr/include/$2 ]]; fi
}

# Prints the packages that are missing for a build; for "tests", also those that the tests need.
missing_packages() {
    local PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    command -v git >/dev/null || printf 'git '
    command -v pkg-config >/dev/null || printf 'pkg-config '
    have_library libmnl libmnl/libmnl.h || printf 'libmnl-dev '
    have_library libnl-3.0 libnl3/netlink/netlink.h || printf 'libnl-3-dev '
    have_library libnl-route-3.0 libnl3/netlink/route/link.h || printf 'libnl-route-3-dev '
    have_library libmd md5.h || printf 'libmd-dev '
    [[ $1 == tests ]] || return 0
    command -v gobgpd >/dev/null || printf 'gobgpd '
    command -v bird >/dev/null || printf 'bird2 '
    [[ -x /usr/lib/frr/bfdd ]] || printf 'frr '
    command -v nft >/dev/null || printf 'nftables '
    command -v ip >/dev/null || printf 'iproute2 '
    command -v ping >/dev/null || printf 'iputils-ping '
    python3 -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
}

# Installs packages with apt-get, and makes sure that the host does not become a router.
#
# Debian's packages start their daemons and enable them for the next boot. Starting is prevented for this one run of
# apt-get, by putting a directory in front of dpkg's PATH in which the two commands that start services do nothing. The
# documented way, /usr/sbin/policy-rc.d, would affect the whole machine, and permanently if this script were killed.
# Enabling is allowed and then undone, so that Debian's records say "disabled by the administrator", which an upgrade
# of the package respects.
install_packages() {
    local packages=("$@") shim before after log
    command -v apt-get >/dev/null ||
        fail "needs ${packages[*]} (Debian's names): install them with this distribution's package manager"
    is_root || fail "needs ${packages[*]}: run 'sudo apt-get install ${packages[*]}'"
    say "installing ${packages[*]}"
    shim=$(mktemp -d)
    log=$(mktemp)
    printf '#!/bin/sh\nexit 0\n' | tee "$shim/invoke-rc.d" >"$shim/deb-systemd-invoke"
    chmod -R 755 "$shim"
    before=$(installed_packages)
    if ! run_apt_get "$shim" install "${packages[@]}" >"$log" 2>&1; then
        # The package lists may be missing, or older than the archive.
        run_apt_get "$shim" update >>"$log" 2>&1 || true
        if ! run_apt_get "$shim" install "${packages[@]}" >>"$log" 2>&1; then
            cat "$log" >&2
            rm -rf "$shim" "$log"
            fail "apt-get could not install ${packages[*]}: see above"
        fi
    fi
    rm -rf "$shim" "$log"
    after=$(installed_packages)
    mapfile -t packages < <(comm -13 <(printf '%s\n' "$before") <(printf '%s\n' "$after"))
    disable_services "${packages[@]}"
    say "installed ${packages[*]}"
}

run_apt_get() {
    local shim=$1
    shift
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=120 \
        -o DPkg::Path="$shim:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@" </dev/null
}

installed_packages() {
    # shellcheck disable=SC2016 # dpkg-query's own variables
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | LC_ALL=C sort -u
}

# Keeps the daemons of newly installed packages from starting at the next boot.
disable_services() {
    local file name units=()
    [[ $# -gt 0 ]] || return 0
    while read -r file; do
        name=${file##*/}
        case $file in
        */systemd/system/*@.service) ;;
        */systemd/system/*.service) units+=("$name") ;;
        /etc/init.d/*) ! command -v update-rc.d >/dev/null || update-rc.d "$name" disable >/dev/null 2>&1 || true ;;
        esac
    done < <(dpkg-query -L "$@" 2>/dev/null)
    [[ ${#units[@]} -gt 0 ]] || return 0
    if command -v systemctl >/dev/null; then
        systemctl --quiet disable "${units[@]}" >/dev/null 2>&1 || true
    fi
    say "neither started nor enabled: ${units[*]}"
}

# ---- Who builds ----

# The user who owns the checkout builds in it, so that root leaves nothing there that its owner could not remove.
builder_uid=$EUID
builder_gid=
builder_name=
builder_home=

choose_builder() {
    local entry
    builder_home=${HOME:-$(getent passwd "$EUID" | cut -d: -f6)} || builder_home=
    is_root || return 0
    builder_uid=$(stat -c %u -- "$root")
    builder_gid=$(stat -c %g -- "$root")
    [[ $builder_uid -ne 0 ]] || { become_builder_again; return 0; }
    # A checkout that is mounted into a container may belong to a user id without a name there.
    entry=$(getent passwd "$builder_uid") || entry=
    IFS=: read -r builder_name _ _ _ _ builder_home _ <<<"${entry:-:::::}"
    if [[ -z $builder_home || ! -d $builder_home ]]; then builder_home=$root/.build/home; fi
}

# Builds as root, whichever user owns the checkout; `give_back` corrects the ownership afterwards.
become_builder_again() {
    builder_uid=$EUID
    builder_home=${HOME:-/root}
}

# Runs a command as the builder, without the variables of root's environment that would mislead it.
as_builder() {
    if [[ $builder_uid -eq $EUID ]]; then
        (cd "$root" && HOME=$builder_home exec "$@")
        return
    fi
    local groups=--clear-groups
    [[ -z $builder_name ]] || groups=--init-groups
    (cd "$root" && exec setpriv --reuid "$builder_uid" --regid "$builder_gid" "$groups" --inh-caps=-all -- \
        env -u SUDO_USER -u SUDO_UID -u SUDO_GID -u SUDO_COMMAND -u XDG_CACHE_HOME -u XDG_CONFIG_HOME \
        -u XDG_DATA_HOME -u XDG_RUNTIME_DIR -u TMPDIR HOME="$builder_home" USER="${builder_name:-$builder_uid}" \
        LOGNAME="${builder_name:-$builder_uid}" "$@")
}

# Makes the checkout's owner the owner of what a build as root wrote.
give_back() {
    is_root || return 0
    local owner path
    owner=$(stat -c %u:%g -- "$root")
    [[ $owner != 0:* ]] || return 0
    for path in "$root"/{.build,.swiftpm,Package.resolved}; do
        [[ ! -e $path ]] || find "$path" -xdev -user 0 -exec chown -h "$owner" {} +
    done
}

# ---- Swift ----

swift=

# Sets `swift` to one that is recent enough and that the builder can run.
find_swift() {
    local candidate version seen=: too_old=
    while read -r candidate; do
        [[ $candidate == /* && $seen != *:"$candidate":* ]] || continue
        seen+=$candidate:
        version=$(swift_version "$candidate") || continue
        if is_new_enough "$version"; then
            swift=$candidate
            return
        fi
        too_old=${too_old:-Swift $version at $candidate}
    done < <(swift_candidates)
    if [[ $builder_uid -ne $EUID ]]; then
        # Perhaps only root can run it, as with a toolchain under /root in a container.
        become_builder_again
        find_swift
        return
    fi
    fail "needs Swift $minimum_swift or newer, and found ${too_old:-none}:" \
        "install it as https://www.swift.org/install/linux/ says, or put it into PATH"
}

# Prints paths where a swift may be, the most deliberate choice first.
swift_candidates() {
    local name home user folder
    command -v swift || true
    invoking_path | while IFS= read -r -d : folder; do printf '%s/swift\n' "$folder"; done
    for user in "$builder_name" "${SUDO_USER:-}"; do
        if is_root && [[ -n $user && $user != root ]]; then login_shell_swift "$user"; fi
    done
    for name in "$builder_uid" "${SUDO_USER:-}" "$EUID"; do
        home=
        [[ -z $name ]] || home=$(getent passwd "$name" | cut -d: -f6) || home=
        [[ -n $home ]] || continue
        printf '%s\n' "$home"/{.local/share/swiftly,.swiftly}/bin/swift "$home"/.swiftenv/shims/swift \
            "$home"/swift*/usr/bin/swift
    done
    printf '%s\n' /opt/swift*/usr/bin/swift /opt/swift*/bin/swift /usr/local/bin/swift /usr/local/swift*/usr/bin/swift \
        /usr/bin/swift /usr/share/swift*/usr/bin/swift /usr/libexec/swift/*/bin/swift /usr/lib/swift*/bin/swift
}

# Prints the PATH that sudo, doas or su was called with: its own environment still has it, though this process's does not.
invoking_path() {
    local id=$PPID name entry
    is_root || return 0
    while [[ $id -gt 1 ]]; do
        name=$(cat "/proc/$id/comm" 2>/dev/null) || return 0
        case $name in
        sudo | doas | su | run0 | pkexec)
            while IFS= read -r -d '' entry; do
                [[ $entry != PATH=* ]] || printf '%s:' "${entry#PATH=}"
            done <"/proc/$id/environ"
            ;;
        esac
        id=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$id/status" 2>/dev/null) || return 0
    done
}

# Prints the swift that a user's login shell finds; a shell that does not answer is given up after five seconds.
login_shell_swift() {
    local entry shell home
    entry=$(getent passwd "$1") || return 0
    IFS=: read -r _ _ _ _ _ home shell <<<"$entry"
    [[ -x $shell && -d $home ]] || return 0
    (cd "$home" && timeout 5 setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups -- \
        env -i HOME="$home" USER="$1" LOGNAME="$1" SHELL="$shell" PATH=/usr/local/bin:/usr/bin:/bin \
        "$shell" -lc 'command -v swift' </dev/null 2>/dev/null) || true
}

swift_version() {
    # swiftly's swift chooses a toolchain by the settings in its directory, which it looks for below HOME.
    local settings=()
    [[ $1 != */swiftly/bin/swift ]] || settings=(SWIFTLY_HOME_DIR="${1%/bin/swift}" SWIFTLY_BIN_DIR="${1%/swift}")
    as_builder test -x "$1" 2>/dev/null || return 1
    as_builder env "${settings[@]}" "$1" --version 2>/dev/null </dev/null |
        sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | grep -m 1 .
}

is_new_enough() {
    [[ $(printf '%s\n' "$minimum_swift" "$1" | sort -V | sed -n 1p) == "$minimum_swift" ]]
}

# Runs swift as the builder.
run_swift() {
    local settings=(PATH="${swift%/*}:$PATH")
    [[ $1 != build || -z $private_temporary ]] || settings+=(TMPDIR="$private_temporary")
    [[ $swift != */swiftly/bin/swift ]] ||
        settings+=(SWIFTLY_HOME_DIR="${swift%/bin/swift}" SWIFTLY_BIN_DIR="${swift%/swift}")
    as_builder env "${settings[@]}" "$swift" "$@"
}

# Makes everything ready for a build: prepare_build build, or prepare_build tests.
prepare_build() {
    local missing
    missing=$(missing_packages "$1")
    # shellcheck disable=SC2086 # a list of words
    [[ -z $missing ]] || install_packages $missing
    choose_builder
    # Files left by an earlier build as root would be in the owner's way.
    give_back
    find_swift
    if ! { as_builder mkdir -p "$root/.build" "$builder_home" && as_builder test -w "$root/.build"; } 2>/dev/null; then
        fail "cannot write to $root/.build: run as the user who owns $root"
    fi
    choose_temporary
}

# A directory for the build's temporary files; empty for the usual one.
private_temporary=

# The compiler keeps expanded macros below /tmp in a directory with a fixed name. If that belongs to another user, it
# leaves them in the checkout instead, under random names. Only in that case does the build get its own temporary
# directory: SwiftPM's lock against a second build in the same checkout is a temporary file, too.
choose_temporary() {
    local shared=/tmp
    [[ $builder_uid -ne $EUID ]] || shared=${TMPDIR:-/tmp}
    shared+=/swift-generated-sources
    if as_builder test -e "$shared" && ! as_builder test -w "$shared"; then
        private_temporary=$root/.build/tmp
        as_builder mkdir -p "$private_temporary"
        # SwiftPM leaves directories behind; after an hour no build uses them.
        as_builder find "$private_temporary" -mindepth 1 -maxdepth 1 -name 'TemporaryDirectory.*' -mmin +60 \
            -exec rm -rf {} +
    fi
}

# ---- What tests check output with ----

minimum_botocore=1.44
minimum_jsonschema=4.18

# AWS's service model, for the tests of `rslab aws`; Debian's is too old.
prepare_service_model() {
    prepare_python_package botocore "$minimum_botocore" "AWS's service model, for the tests of 'rslab aws'"
}

# A validator of JSON Schema (draft 2020-12), for the tests of --json; Debian's is too old.
prepare_json_schema() {
    prepare_python_package jsonschema "$minimum_jsonschema" "a validator of JSON Schema, for the tests of --json"
}

# Makes a Python environment below .build with a package from PyPI, and names it after the package. Without Python or a
# network it says so, and the tests that need the package are skipped.
prepare_python_package() {
    local package=$1 minimum=$2 purpose=$3 environment=$root/.build/$1 log
    ! have_python_package "$package" "$minimum" || return 0
    say "fetching $package, $purpose"
    log=$(mktemp)
    if as_builder python3 -m venv --clear "$environment" >"$log" 2>&1 &&
        as_builder timeout 180 "$environment/bin/python3" -m pip --quiet --disable-pip-version-check \
            --retries 5 install "$package>=$minimum" >>"$log" 2>&1 </dev/null &&
        have_python_package "$package" "$minimum"; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    # An incomplete environment would be mistaken for a complete one.
    as_builder rm -rf "$environment"
    rm -f "$log"
    say "$package $minimum could not be installed, so the tests that need it are skipped: see above"
}

have_python_package() {
    as_builder "$root/.build/$1/bin/python3" -c '
import sys
from importlib.metadata import version
package, wanted = sys.argv[1:]
sys.exit([int(part) for part in version(package).split(".")[:2]] < [int(part) for part in wanted.split(".")])
' "$1" "$2" 2>/dev/null
}

# ---- Building ----

build_log=
progress_process=

# Builds, silently unless it takes long or fails: run_build WHAT SWIFT-BUILD-ARGUMENTS...
run_build() {
    local what=$1 status=0
    shift
    build_log=$(mktemp)
    trap end_build EXIT
    show_progress "$what" "$build_log" >&2 &
    progress_process=$!
    run_swift build "$@" >"$build_log" 2>&1 </dev/null || status=$?
    if [[ $status -ne 0 ]]; then
        stop_progress
        # Without the lines that only show progress.
        sed '/^\[[0-9]*\/[0-9]*\] /d' "$build_log" | tail -n 200 >&2
    fi
    end_build
    trap - EXIT
    [[ $status -eq 0 ]] || fail "$what did not build (swift build ended with status $status): see above"
}

end_build() {
    stop_progress
    [[ -z $build_log ]] || rm -f "$build_log"
    build_log=
    give_back
}

stop_progress() {
    [[ -n $progress_process ]] || return 0
    kill "$progress_process" 2>/dev/null || true
    wait "$progress_process" 2>/dev/null || true
    progress_process=
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
}

# On a terminal, shows a line with the build's progress; elsewhere one sentence once it has taken ten seconds.
show_progress() {
    local what=$1 log=$2 nap='' line columns
    columns=$( (stty size <&2) 2>/dev/null | cut -d' ' -f2) || columns=
    [[ ${columns:-0} -ge 20 ]] || columns=80
    # shellcheck disable=SC2064 # the present values
    trap 'kill "$nap" 2>/dev/null; exit' TERM
    SECONDS=0
    while kill -0 $$ 2>/dev/null; do
        sleep 1 &
        nap=$!
        wait "$nap"
        if [[ -t 2 ]]; then
            line=$(tail -n 1 "$log")
            line="$program: building $what, $SECONDS s  $line"
            printf '\r\033[K%s' "${line:0:columns-1}"
        elif [[ $SECONDS -ge 10 ]]; then
            say "building $what; the first time takes some minutes"
            return
        fi
    done
}
