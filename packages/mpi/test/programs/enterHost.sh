#!/bin/sh
# Runs a command on a host that is a network namespace of this machine, in place of ssh:
#
#     enterHost.sh <host> <command for a shell>
host=$1
shift
exec ip netns exec "$BN_HOSTS$host" unshare --uts sh -c 'hostname "$0" && eval "$*"' "$host" "$@"
