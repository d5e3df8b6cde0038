#!/bin/sh
# A base backup of the whole server (every school, the region, roles and rights) into BACKUP_FOLDER/base-<time>, verified
# against its checksums. Keeps the newest KEEP_BACKUPS (14) and the log they need. Takes libpq's variables (PGHOST …);
# in the container, as the server's own user, none is needed.
#
# The secrets of the platform are NOT in it and must not be: keep deploy/.env in another place.
set -eu

folder=${BACKUP_FOLDER:?the folder for backups}
keep=${KEEP_BACKUPS:-14}
export PGUSER="${PGUSER:-postgres}"
umask 077

say() { echo "backup: $*" >&2; }

name=base-$(date -u +%Y%m%dT%H%M%SZ)
fresh=$folder/.$name.new
mkdir -p "$folder"
trap 'rm -rf "$fresh"' EXIT

pg_basebackup --pgdata="$fresh" --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256 --no-password
pg_verifybackup --quiet "$fresh" || { say "the copy does not match its checksums; nothing is kept"; exit 1; }
mv "$fresh" "$folder/$name"
say "$folder/$name is complete and verified ($(du -sh "$folder/$name" | cut -f1))"

# Names sort by time.
old=$(ls -d "$folder"/base-*Z | sort -r | tail -n "+$((keep + 1))")
for path in $old; do
    rm -rf "$path"
    say "$path is beyond the newest $keep and is removed"
done
oldest=$(ls -d "$folder"/base-*Z | sort | head -n 1)
first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\)).*/\1/p' "$oldest/backup_label")
if [ -d "$folder/wal" ] && [ -n "$first" ]; then
    pg_archivecleanup -x .gz "$folder/wal" "$first"
fi
echo "$folder/$name"
