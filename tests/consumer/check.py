# SPDX-License-Identifier: Apache-2.0
"""Uses florin in the ways its users do, in TAP: as a Meson subproject, header-only and compiled, or by a wrap file, by
pkg-config and by CMake, installed or by its sources.

usage: check.py SOURCE_ROOT -- COMPILER...
FLORIN_TEST_FILTER (a glob over `consumer/NAME`) chooses cases.
"""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from tap import Tap, chosen  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# What a subproject may add to its user's command lines.
ALLOWED = re.compile(r"-I.*florin/include|-isystem.*|-I/usr/include|-pthread|-DBOOST_ALL_NO_LIB|-DBOOST_ALL_DYN_LINK|"
                     r"-DBOOST_JSON_DYN_LINK=1")


class Failure(Exception):
    """A case failed; the text says how."""


def run(*command, env=None, cwd=None):
    result = subprocess.run([str(part) for part in command], cwd=cwd, env=dict(os.environ, **(env or {})),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace", check=False)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}\nexit code {result.returncode}\n{result.stdout}")
    return result.stdout


def introspect(build, what):
    return json.loads(run("meson", "introspect", "--" + what, build))


def command_of_program(build):
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    command, = (entry["command"] for entry in commands if entry["file"].endswith("program.cpp"))
    return command


def flags_of_program(build):
    return {part for part in shlex.split(command_of_program(build)) if part.startswith("-")}


def subproject(root, scratch, env):
    """florin as a subproject builds nothing of its own and adds no flags but include paths and threads."""
    project = scratch / "project"
    shutil.copytree(HERE, project)
    (project / "subprojects").mkdir()
    (project / "subprojects" / "florin").symlink_to(root, target_is_directory=True)
    build = scratch / "subproject"
    # Debug information would take longer than the rest.
    run("meson", "setup", build, project, "--wrap-mode=forcefallback", "--buildtype=plain", env=env)
    names = [target["name"] for target in introspect(build, "targets")]
    if names != ["program"]:
        raise Failure(f"targets in the user's build: {names}")
    tests = [test["name"] for test in introspect(build, "tests") + introspect(build, "benchmarks")]
    if tests:
        raise Failure(f"tests in the user's build: {tests}")

    plain = scratch / "without" / "project"  # laid out alike, for the same relative paths
    plain.mkdir(parents=True)
    (plain / "meson.build").write_text("project('plain', 'cpp', default_options: ['cpp_std=c++20'])\n"
                                       "executable('program', 'program.cpp')\n", encoding="utf-8")
    (plain / "program.cpp").write_text("int main() {}\n", encoding="utf-8")
    plain_build = scratch / "without" / build.name
    run("meson", "setup", plain_build, plain, "--buildtype=plain", env=env)
    leaked = [flag for flag in sorted(flags_of_program(build) - flags_of_program(plain_build))
              if not ALLOWED.fullmatch(flag)]
    if leaked:
        raise Failure(f"flags added to the user's command line: {leaked}")

    run("ninja", "-C", build)
    run(build / "program")


def subproject_compiled(root, scratch, env):
    """With the option, a subproject has its core compiled once: what a program takes from it has to be linked."""
    project = scratch / "compiled project"
    (project / "subprojects").mkdir(parents=True)
    (project / "subprojects" / "florin").symlink_to(root, target_is_directory=True)
    shutil.copy(HERE / "program.cpp", project)
    (project / "meson.build").write_text(
        "project('compiled', 'cpp', default_options: ['cpp_std=c++20'])\n"
        "executable('program', 'program.cpp', dependencies: dependency('florin-compiled',\n"
        "  fallback: ['florin', 'florin_compiled_dep'], default_options: ['compiled=true']))\n", encoding="utf-8")
    build = scratch / "subproject_compiled"
    run("meson", "setup", build, project, "--wrap-mode=forcefallback", "--buildtype=plain", env=env)
    names = sorted(target["name"] for target in introspect(build, "targets"))
    if names != ["florin", "program"]:
        raise Failure(f"targets in the user's build: {names}")
    if "-DFLORIN_SEPARATE_COMPILATION" not in flags_of_program(build):
        raise Failure("the program is compiled as if its core were not")
    run("ninja", "-C", build)
    run(build / "program")


def wrap(root, scratch, env):
    """A wrap file brings florin from an archive, and provides the dependency without a fallback being named."""
    project = scratch / "wrapped"
    packages = project / "subprojects" / "packagecache"
    packages.mkdir(parents=True)
    shutil.copy(HERE / "program.cpp", project)
    (project / "meson.build").write_text(
        "project('wrapped', 'cpp', default_options: ['cpp_std=c++20'])\n"
        "executable('program', 'program.cpp', dependencies: dependency('florin'))\n", encoding="utf-8")
    archive = packages / "florin-0.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        for part in ("meson.build", "meson_options.txt", "LICENSE", "include"):
            file.add(root / part, arcname=f"florin-0/{part}")
    (project / "subprojects" / "florin.wrap").write_text(
        f"[wrap-file]\ndirectory = florin-0\nsource_filename = {archive.name}\n"
        f"source_url = https://example.invalid/{archive.name}\n"
        f"source_hash = {hashlib.sha256(archive.read_bytes()).hexdigest()}\n\n"
        "[provide]\nflorin = florin_dep\n", encoding="utf-8")
    build = scratch / "by_wrap"
    run("meson", "setup", build, project, env=env)
    if not any("florin-0/include" in flag for flag in flags_of_program(build)):
        raise Failure("the program is not compiled with the headers of the archive")
    run(*shlex.split(command_of_program(build)), "-fsyntax-only", cwd=build)


def install(root, scratch, env):
    """Installs florin into a prefix, as a distributor does, and returns the prefix."""
    prefix = scratch / "prefix"
    if not prefix.exists():
        run("meson", "setup", scratch / "install", root, f"--prefix={prefix}", env=env)
        built = [target["name"] for target in introspect(scratch / "install", "targets") if target["build_by_default"]]
        if built:
            raise Failure(f"what has to be built before an installation: {built}")
        run("meson", "install", "-C", scratch / "install")
        expected = {path.relative_to(root / "include") for path in (root / "include/florin").rglob("*")
                    if path.is_file()}
        installed = {path.relative_to(prefix / "include") for path in (prefix / "include").rglob("*") if path.is_file()}
        if expected != installed:
            raise Failure(f"installed headers differ from the source's: {sorted(map(str, expected ^ installed))}")
    return prefix


def pkg_config(root, scratch, env, compiler):
    prefix = install(root, scratch, env)
    env = {"PKG_CONFIG_PATH": str(prefix / "share/pkgconfig")}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "florin", env=env))
    program = scratch / "by_pkg_config"
    run(*compiler, "-std=c++20", HERE / "program.cpp", "-o", program, *flags)
    run(program)


def cmake(root, scratch, env):
    prefix = install(root, scratch, env)
    # Elsewhere than it was installed to, since the package has to find its headers by its own place.
    moved = scratch / "moved"
    shutil.copytree(prefix, moved)
    build = scratch / "by_cmake"
    run("cmake", "-G", "Ninja", "-S", HERE, "-B", build, f"-DCMAKE_PREFIX_PATH={moved}", env=env)
    run("cmake", "--build", build)
    run(build / "program")
    run(build / "compiled")
    wanted = HERE / "CMakeLists.txt"
    newer = scratch / "newer"
    newer.mkdir()
    text = wanted.read_text(encoding="utf-8").replace("florin 0.1", "florin 0.2")
    (newer / "CMakeLists.txt").write_text(text, encoding="utf-8")
    shutil.copy(HERE / "program.cpp", newer)
    try:
        run("cmake", "-G", "Ninja", "-S", newer, "-B", newer / "build", f"-DCMAKE_PREFIX_PATH={moved}", env=env)
    except Failure as failure:
        if "florin" not in str(failure):
            raise
    else:
        raise Failure("find_package(florin 0.2) accepts another minor version")


def cmake_sources(root, scratch, env):
    """Sources that were fetched, or that stand in a folder of the project, are a target at once."""
    for name, source, cache in [
            ("fetched", HERE / "fetched", [f"-DFETCHCONTENT_SOURCE_DIR_FLORIN={root}"]),
            ("added", scratch / "adding", [])]:
        if name == "added":
            source.mkdir()
            shutil.copy(HERE / "program.cpp", source)
            (source / "CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.20)\nproject(consumer LANGUAGES CXX)\n"
                f'add_subdirectory("{root}/include/cmake" florin)\nadd_executable(program program.cpp)\n'
                "target_link_libraries(program PRIVATE florin::florin)\n", encoding="utf-8")
        build = scratch / name
        run("cmake", "-G", "Ninja", "-S", source, "-B", build, *cache, env=env)
        # Both give the same targets, and compiling takes long: one each.
        target = "compiled" if name == "fetched" else "program"
        run("cmake", "--build", build, "--target", target)
        run(build / target)


def mixed(root, scratch, compiler):
    """A program whose sources are compiled in both ways is not linked, and the linker says why."""
    folder = scratch / "mixed"
    folder.mkdir()
    other = folder / "other.cpp"
    other.write_text("#include <florin/idempotency.hpp>\n"
                     "int other() { return florin::detail::hashed_key({}).view().empty(); }\n", encoding="utf-8")
    source = folder / "source.cpp"
    source.write_text("#include <florin/src.hpp>\n", encoding="utf-8")
    flags = ["-std=c++20", f"-I{root}/include", "-c"]
    separate = "-DFLORIN_SEPARATE_COMPILATION"
    run(*compiler, *flags, HERE / "program.cpp", "-o", folder / "program.o", separate)
    run(*compiler, *flags, source, "-o", folder / "source.o", separate)
    run(*compiler, *flags, other, "-o", folder / "other.o")
    libraries = ["-lboost_json", "-lssl", "-lcrypto", "-pthread"]
    run(*compiler, folder / "program.o", folder / "source.o", "-o", folder / "program", *libraries)
    run(folder / "program")
    for objects in (["program.o", "other.o", "source.o"], ["program.o"]):
        try:
            run(*compiler, *[folder / name for name in objects], "-o", folder / "mixed", *libraries)
        except Failure as failure:
            if "FLORIN_SEPARATE_COMPILATION_is_for_all_sources" not in str(failure):
                raise
        else:
            raise Failure(f"{objects} make a program")


def main():
    split = sys.argv.index("--")
    root, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[split + 1:]
    env = {"CXX": compiler[-1]}
    tap = Tap()
    # A blank in every path: it has to be quoted wherever one goes into a command.
    with tempfile.TemporaryDirectory(prefix="users of florin ") as name:
        scratch = pathlib.Path(name)
        for case, check in [("subproject", lambda: subproject(root, scratch, env)),
                            ("subproject_compiled", lambda: subproject_compiled(root, scratch, env)),
                            ("wrap", lambda: wrap(root, scratch, env)),
                            ("pkg_config", lambda: pkg_config(root, scratch, env, compiler)),
                            ("cmake", lambda: cmake(root, scratch, env)),
                            ("cmake_sources", lambda: cmake_sources(root, scratch, env)),
                            ("mixed", lambda: mixed(root, scratch, compiler))]:
            if not chosen("consumer/" + case):
                continue
            tool = {"pkg_config": "pkg-config", "cmake": "cmake", "cmake_sources": "cmake"}.get(case)
            if tool and shutil.which(tool) is None:
                tap.result("consumer/" + case, True, skip=f"{tool} is not installed")
                continue
            try:
                check()
            except Failure as failure:
                tap.result("consumer/" + case, False, failure)
            else:
                tap.result("consumer/" + case, True)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
