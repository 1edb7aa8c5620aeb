# setup.py - builds klausul._core: makes the repository's archives and links them with the binding's own C files.
# May use: setuptools, make, and what `make deps` installs for the command (flex, bison, libyajl, libmd, libutf8proc, libz3).
# Start at Core. KLAUSUL_BUILD names the folder that is built in (default: build of the repository); nothing is written beside this file.
import os
import re
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
BUILD = os.path.abspath(os.environ.get("KLAUSUL_BUILD") or os.path.join(ROOT, "build"))
ARCHIVES = ["libklausulc.a", "libklausullang.a", "libklausulio.a", "libklausul.a"]
OWN = os.path.join(BUILD, "python", "package", f"{sys.version_info[0]}.{sys.version_info[1]}")
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wshadow"]


def version():
    with open(os.path.join(ROOT, "runtime", "klausul.h"), encoding="utf-8") as f:
        return re.search(r'#define KLAUSUL_VERSION "(.*)"', f.read()).group(1)


class Core(build_ext):
    """The compiler's proofs are left out with the rest that nothing calls, and with them the solver: the package does without libz3."""

    def run(self):
        jobs = [] if "MAKEFLAGS" in os.environ else [f"-j{os.cpu_count() or 1}"]
        names = [os.path.join(BUILD, a) for a in ARCHIVES]
        subprocess.run(["make", "-s", "-C", ROOT, f"B={BUILD}", *jobs, *names], check=True)
        super().run()


if not os.path.exists(os.path.join(ROOT, "runtime", "klausul.h")):
    sys.exit("klausul is built in its repository: pip install ./runtime/bindings/python")
os.chdir(HERE)
os.makedirs(OWN, exist_ok=True)
setup(
    version=version(),
    cmdclass={"build_ext": Core},
    options={"build": {"build_base": OWN}, "egg_info": {"egg_base": OWN}, "bdist_wheel": {"py_limited_api": "cp310"}},
    ext_modules=[
        Extension(
            "klausul._core",
            sources=sorted(f for f in os.listdir(HERE) if f.endswith(".c")),
            depends=sorted(f for f in os.listdir(HERE) if f.endswith(".h")) + [os.path.join(BUILD, a) for a in ARCHIVES],
            include_dirs=[ROOT, BUILD],
            define_macros=[("Py_LIMITED_API", "0x030A0000")],
            extra_compile_args=[*STRICT, "-fvisibility=hidden"],
            extra_link_args=["-Wl,--as-needed", "-Wl,--exclude-libs,ALL"],
            extra_objects=[os.path.join(BUILD, a) for a in ARCHIVES],
            libraries=["yajl", "md", "utf8proc", "z3", "m"],
            py_limited_api=True,
        )
    ],
)
