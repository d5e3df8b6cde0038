#!/bin/sh
# PostgreSQL's archive_command: sh archive_wal.sh %p %f. Keeps each finished piece of the write-ahead log, compressed, in
# BACKUP_FOLDER/wal; with a base backup it restores the database to any moment since.
set -eu

source=$1
folder=${BACKUP_FOLDER:?}/wal
target=$folder/$2.gz
mkdir -p "$folder"

if [ -f "$target" ]; then
    # The server asks again after a crash. The same piece is fine; another under its name is a second server's.
    gunzip -c "$target" | cmp -s - "$source" && exit 0
    echo "archive_wal: $target holds another server's log; give each server its own BACKUP_FOLDER" >&2
    exit 1
fi
gzip -c "$source" >"$target.new"
sync "$target.new"
mv "$target.new" "$target"
