# amalgamate.py - writes the runtime as one C file, klausul.c, and its header, klausul.h, for programs that would rather not link a library.
# May include: the Python standard library; reads the files of this room.
# Start at main(); `make amalgamation` calls it. A file's own names that others use too get the file's name after them.
import os
import re
import sys

ROOM = os.path.dirname(os.path.abspath(__file__))
# Writing images is not for hosts. What the loops over a batch are is chosen last: kernels.c may tell the compiler to take more room for speed.
LEFT_OUT, LAST = {"seal.c"}, "kernels.c"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"].*$', re.M)

HEAD = """/* klausul.c - Klausul's runtime, version %s, in one file: admits an image, decides batches of records, gives decisions and trace.
 * May include: klausul.h, which came with it, and the C library's stdint, stddef, stdbool and string. C11; compile it as it is.
 * Start at klausul.h. Written by runtime/amalgamate.py from the files that are named below; change those. MIT licence. */
#include "klausul.h"

#include <string.h>
"""
TAIL = """
/* ------------------------------------------------------------------ the one table of kernels that is here */
%s

const kl_kernels *kl_kernels_best(void) {
    return &plain;
}

const kl_kernels *kl_kernels_of(const char *name) {
    const char *own = "portable";
    while (*own && *name == *own) name++, own++;
    return *name == *own ? &plain : NULL;
}

const char *kl_kernels_name(const kl_kernels *k) {
    return k->name;
}
"""


def read(path):
    with open(os.path.join(ROOM, path), encoding="utf-8") as f:
        return f.read()


def declared(text):
    """Names that are the file's own: of static functions and objects, of types and of constants, all declared at the margin."""
    names = set(re.findall(r"^(?:static|KL_INLINE|KL_APART)\b[^;={}()]*?\b(\w+)(?:\[[^\]]*\])*\s*(?=[;=(])", text, re.M))
    names |= set(re.findall(r"^(?:typedef )?(?:struct|enum|union) (\w+) \{", text, re.M)) | set(re.findall(r"^\} (\w+)\b", text, re.M))
    names |= set(re.findall(r"^typedef [^{};]*?\b(\w+);", text, re.M))
    for body in re.findall(r"^(?:typedef )?enum(?: \w+)? \{(.*?)\}", text, re.S | re.M):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"/\*.*?\*/", "", body, flags=re.S)))
    return names


class Writer:
    def __init__(self):
        self.sources = sorted(f for f in os.listdir(ROOM) if f.endswith(".c") and f not in LEFT_OUT and f != LAST) + [LAST]
        self.own = {f: declared(read(f)) for f in self.sources}
        self.words = {f: set(re.findall(r"\w+", read(f))) for f in self.sources}
        self.shared = {"runtime/klausul.h"}  # headers that stand in the file already

    def clashing(self, source):
        others = set().union(*(words for f, words in self.words.items() if f != source))
        return self.own[source] & others

    def inlined(self, text):
        """The text with this room's own includes in their places, each header once."""
        def put(m):
            if m.group(1) == "<":
                return ""
            name = m.group(2)
            if name.endswith(".h"):
                if name in self.shared:
                    return ""
                self.shared.add(name)
            return self.inlined(read(os.path.basename(name))).rstrip("\n")

        return INCLUDE.sub(put, text)

    def part(self, source):
        text, stem = read(source), source[:-2]
        # Its headers first, so that their names stay what they are.
        heads = "".join(m.group(0) + "\n" for m in INCLUDE.finditer(text) if m.group(2).endswith(".h") and m.group(1) == '"')
        before = self.inlined(heads).strip("\n")
        body = self.inlined(text)
        for name in sorted(self.clashing(source)):
            member = re.search(rf"[.>]{name}\b", body)  # of a name that is a member too, the function only
            body = re.sub(rf"(?<![.>])\b{name}\b(?=\()" if member else rf"\b{name}\b", f"{name}_{stem}", body)
        undone = sorted(set(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", body, re.M)))
        return (before + "\n\n" if before else "") + body + "".join(f"#undef {name}\n" for name in undone)

    def whole(self, version):
        plain = re.search(r"^static const kl_kernels plain = \{.*?\};", read("simd/kernels.c"), re.S | re.M).group(0)
        return re.sub(r"\n{3,}", "\n\n", HEAD % version + "\n" + "\n".join(self.part(f) for f in self.sources) + TAIL % plain)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: amalgamate.py FOLDER")
    folder, header = sys.argv[1], read("klausul.h")
    version = re.search(r'^#define KLAUSUL_VERSION "(.*)"', header, re.M).group(1)
    os.makedirs(folder, exist_ok=True)
    for name, text in (("klausul.c", Writer().whole(version)), ("klausul.h", header)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
