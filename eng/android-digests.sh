#!/usr/bin/env bash
# Prints the "files" part of a deployment: SHA-256 of every part of a built app that is code, by its name inside the package.
# Usage: eng/android-digests.sh APP.apk [SPLIT.apk ...]
set -euo pipefail
if [ $# -eq 0 ]; then echo "usage: $0 APP.apk [SPLIT.apk ...]" >&2; exit 2; fi
python3 - "$@" <<'PY'
import hashlib, json, sys, zipfile
digests = {}
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith((".dex", ".so")):
                digests[name] = hashlib.sha256(package.read(name)).hexdigest()
if not digests:
    sys.exit("no code in these packages")
print(json.dumps(dict(sorted(digests.items())), indent=2))
PY
