# SPDX-License-Identifier: Apache-2.0
"""Prints the files below a folder that match a glob, sorted, one a line, relative to that folder.

usage: list_files.py FOLDER GLOB [FILTER]
GLOB is matched as by pathlib (`**/` reaches into subfolders), FILTER against the whole relative path: one glob or
several with commas between them; one behind a `!` takes out what it matches.
"""
import fnmatch
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
globs = (sys.argv[3] if len(sys.argv) > 3 else "*").split(",")
keep = [glob for glob in globs if not glob.startswith("!")]
drop = [glob[1:] for glob in globs if glob.startswith("!")]
for path in sorted(folder.glob(sys.argv[2])):
    name = path.relative_to(folder).as_posix()
    if any(fnmatch.fnmatch(name, glob) for glob in keep) and not any(fnmatch.fnmatch(name, glob) for glob in drop):
        print(name)
