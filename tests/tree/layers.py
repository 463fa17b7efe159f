"""Every arrow between the layers is one that the architecture has: layers.py SOURCE [ARCHIVE...]

SOURCE is the folder that holds core/, cli/ and the others; an ARCHIVE is a static library built from it. What is looked at:
* #include "..." between layers, and #include <...> of libraries that a layer must not know (GLib in the core, GTK below the app);
* the undefined symbols of the archives: of those libraries, and, inside the core, of layers above or beside the object's own,
  which a declaration by hand would hide from the first look.
Prints one line a fault; the exit status is 1 if there is any.
"""
import pathlib
import re
import subprocess
import sys

# What a layer may use. An arrow a -> b -> c lets a use c: errors and progress of core/base go all the way up.
BASE = {"core/base"}
FILE = BASE | {"core/file"}
MATH = FILE | {"core/math"}
TEXT = FILE | {"core/text"}
MODEL = MATH | TEXT | {"core/model"}
CORE = MODEL | {"core/sample", "core/study"}
USES = {
    "core/base": BASE,
    "core/file": FILE,
    "core/math": MATH,
    "core/text": TEXT,
    "core/model": MODEL,
    "core/sample": MODEL | {"core/sample"},
    "core/study": MODEL | {"core/sample", "core/study"},  # its probes decode, its projection follows trajectories
    "train": CORE | {"train"},
    "evaluate": CORE | {"train", "evaluate"},  # reads the texts that train reads
    "store": CORE | {"store"},
    "engine": CORE | {"engine"},
    "app": CORE | {"engine", "store", "app"},
    "cli": CORE | {"train", "evaluate", "engine", "store", "cli"},
}

GLIB = r"glib|gio|gobject|gmodule|json-glib"
TOOLKIT = r"gtk|gdk|gsk|adwaita|pango|cairo|graphene"
STORAGE = r"sqlite3|curl|libsoup"
FOREIGN_HEADERS = {"core": f"({GLIB}|{TOOLKIT}|{STORAGE})", "train": f"({GLIB}|{TOOLKIT}|{STORAGE})",
                   "evaluate": f"({GLIB}|{TOOLKIT}|{STORAGE})",
                   "engine": f"({TOOLKIT}|{STORAGE})", "store": f"({TOOLKIT})", "cli": f"({TOOLKIT}|{STORAGE})",
                   "app": f"({STORAGE})"}
GLIB_SYMBOLS = r"g_|json_"
TOOLKIT_SYMBOLS = r"gtk_|gdk_|gsk_|adw_|pango_|cairo_|graphene_"
STORAGE_SYMBOLS = r"sqlite3_|curl_|soup_"
FOREIGN_SYMBOLS = {"libcosmos.a": f"({GLIB_SYMBOLS}|{TOOLKIT_SYMBOLS}|{STORAGE_SYMBOLS})",
                   "libcosmos-train.a": f"({GLIB_SYMBOLS}|{TOOLKIT_SYMBOLS}|{STORAGE_SYMBOLS})",
                   "libcosmos-evaluate.a": f"({GLIB_SYMBOLS}|{TOOLKIT_SYMBOLS}|{STORAGE_SYMBOLS})",
                   "libcpg-engine.a": f"({TOOLKIT_SYMBOLS}|{STORAGE_SYMBOLS})",
                   "libcpg-store.a": f"({TOOLKIT_SYMBOLS})"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(path):
    """The layer of a file, given by its path below SOURCE; None where the first folders name none."""
    parts = path.parts
    name = "/".join(parts[:2]) if parts[0] == "core" else parts[0]
    return name if name in USES and len(parts) > name.count("/") + 1 else None


def include_faults(source):
    for file in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
        here = file.relative_to(source)
        layer = layer_of(here)
        if layer is None:
            yield f"{here}: lies in no layer of the architecture"
            continue
        for mark, name in INCLUDE.findall(file.read_text(encoding="utf-8")):
            if mark == "<":
                if re.match(FOREIGN_HEADERS[layer.split("/")[0]] + r"\b", name):
                    yield f"{here}: <{name}> has no place in {layer}"
                continue
            beside = file.parent / name
            target = beside if beside.exists() else source / name
            if not target.exists():
                continue  # generated
            other = layer_of(target.resolve().relative_to(source))
            if other not in USES[layer]:
                yield f"{here}: {layer} must not use {other} ({name})"


def symbols(archive):
    """(object, kind, symbol) of an archive; objects are named after their source: base_arena.c.o."""
    listing = subprocess.run(["nm", "-A", "-g", "--format=posix", archive], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        place, symbol, kind = line.split()[:3]
        yield re.search(r"([^/\[\]:]+)\]?:$", place).group(1), kind, symbol


def core_layer_of_object(name):
    layer = "core/" + name.split("_")[0]
    return layer if layer in USES else None


def symbol_faults(archive):
    foreign = FOREIGN_SYMBOLS.get(archive.name)
    if foreign is None:
        yield f"{archive.name}: an archive that layers.py does not know"
        return
    table = list(symbols(archive))
    home = {symbol: core_layer_of_object(name) for name, kind, symbol in table if kind != "U"}
    for name, kind, symbol in table:
        if kind != "U":
            continue
        if re.match(foreign, symbol):
            yield f"{archive.name}: {name} uses {symbol}"
        layer, other = core_layer_of_object(name), home.get(symbol)
        if archive.name == "libcosmos.a" and layer and other and other not in USES[layer]:
            yield f"{archive.name}: {name} uses {symbol} of {other}"


def faults(source, archives):
    yield from include_faults(source)
    for archive in archives:
        yield from symbol_faults(archive)


if __name__ == "__main__":
    found = list(faults(pathlib.Path(sys.argv[1]).resolve(), [pathlib.Path(name) for name in sys.argv[2:]]))
    print("\n".join(found) or "every arrow is one of the architecture's")
    sys.exit(1 if found else 0)
