#!/bin/sh
# Restores the whole server into an empty data folder: sh restore.sh BACKUP DATA_FOLDER [UNTIL]
#
#   BACKUP       a folder made by backup.sh, or `latest` in BACKUP_FOLDER
#   DATA_FOLDER  absent or empty; nothing is ever overwritten
#   UNTIL        a moment, '2026-11-21 14:05:00+03': the state of then. Without it the last archived one
#
# Run it as the user who runs the server, with the server stopped; then start the server: it replays the log from
# BACKUP_FOLDER/wal and opens.
set -eu

say() { echo "restore: $*" >&2; }
refuse() { say "$*"; exit 1; }

[ $# -ge 2 ] || refuse "usage: restore.sh BACKUP DATA_FOLDER [UNTIL]"
backup=$1
data=$2
until=${3:-}
if [ "$backup" = latest ]; then
    backup=$(ls -d "${BACKUP_FOLDER:?the folder of the backups}"/base-*Z 2>/dev/null | sort | tail -n 1)
    [ -n "$backup" ] || refuse "there is no backup in $BACKUP_FOLDER"
fi
[ -f "$backup/backup_manifest" ] || refuse "$backup is not a backup made by backup.sh"
case "$until" in *\'* | *\\*) refuse "UNTIL is a moment like 2026-11-21 14:05:00+03" ;; esac
if [ -d "$data" ] && [ -n "$(ls -A "$data")" ]; then
    refuse "$data is not empty. Move it away (it may still be needed), then run this again"
fi
archive=$(dirname "$backup")/wal
if [ -n "$until" ] && [ ! -d "$archive" ]; then
    refuse "there is no log in $archive: only the moment of the backup itself can be restored, without UNTIL"
fi

say "checking $backup against its checksums"
pg_verifybackup --quiet "$backup" || refuse "$backup is damaged. Take an earlier one; nothing was written"
mkdir -p "$data"
say "copying to $data"
cp -a "$backup/." "$data/"
chmod 700 "$data"

if [ -d "$archive" ]; then
    archive=$(cd "$archive" && pwd)
    {
        echo "restore_command = 'gunzip -c \"$archive/%f.gz\" >\"%p\"'"
        echo "recovery_target_timeline = 'latest'"
        echo "recovery_target_action = 'promote'"
        [ -z "$until" ] || echo "recovery_target_time = '$until'"
    } >>"$data/postgresql.auto.conf"
    : >"$data/recovery.signal"
fi
say "done. Start the server; then start the platform with the secrets of THIS region: with another pepper it refuses."
