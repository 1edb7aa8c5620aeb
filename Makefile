# Klausul: builds the command, the libraries and the tests; the folders are the architecture.
# May use: cc, flex, bison, pkg-config and the packages that `make deps` installs.
# Start at `make demo` (see it work) or `make check` (all tests); everything built goes under build/.

B        ?= build
CC       ?= cc
PREFIX   ?= /usr/local
CFLAGS   ?= -O2 -g
PYTHON   ?= python3
WARN      = -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror
GENWARN   = -std=c11 -Wall -Wno-unused-function
CPPFLAGS += -I. -I$(B) -D_POSIX_C_SOURCE=200809L
PKGS      = yajl libmd libutf8proc
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS      := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

# SAN=1: address and undefined-behaviour sanitizers; give it a folder of its own: make SAN=1 B=build/san
ifdef SAN
SANITIZE  = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
COMPILE   = $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
JOBS      = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
LINK      = $(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS)

RUNTIME_SRC  = $(sort $(wildcard runtime/*.c runtime/simd/*.c))
IO_SRC       = $(sort $(wildcard runtime/io/*.c))
LANG_SRC     = $(sort $(wildcard lang/*.c lang/base/*.c))
COMPILER_SRC = $(sort $(wildcard compiler/*.c compiler/emit/*.c compiler/analyse/*.c))
CLI_SRC      = $(sort $(wildcard compiler/cli/*.c))
GEN_OBJ      = $(B)/lang/parse.o $(B)/lang/scan.o

# A test source with a main is a program of its own; one without is a helper that all of them may use.
TEST_SRC     = $(sort $(wildcard tests/*/*.c))
TEST_MAIN    = $(if $(TEST_SRC),$(sort $(shell grep -lE '^int main' $(TEST_SRC))))
TEST_HELP    = $(filter-out $(TEST_MAIN),$(TEST_SRC))
TEST_BIN     = $(patsubst %.c,$(B)/%,$(TEST_MAIN))

VERSION      = $(shell sed -n 's/^.define KLAUSUL_VERSION "\(.*\)"/\1/p' runtime/klausul.h)
MAJOR        = $(firstword $(subst ., ,$(VERSION)))
SONAME       = libklausul.so.$(MAJOR)
ARCHIVES     = $(B)/libklausulc.a $(B)/libklausullang.a $(B)/libklausulio.a $(B)/libklausul.a

obj = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all amalgamation sqlite postgresql install-postgresql deps deps-bench deps-python demo check tests arrows fmt lint install uninstall clean bless soak bench bench-tools plot
all: $(B)/klausul $(B)/libklausul.a $(B)/libklausul.so

$(B)/klausul: $(call obj,$(CLI_SRC)) $(ARCHIVES)
	$(LINK) -o $@ $^ $(LIBS)

$(B)/libklausul.a: $(call obj,$(RUNTIME_SRC))
$(B)/libklausulio.a: $(call obj,$(IO_SRC))
$(B)/libklausullang.a: $(call obj,$(LANG_SRC)) $(GEN_OBJ)
$(B)/libklausulc.a: $(call obj,$(COMPILER_SRC))
$(B)/tests/libhelp.a: $(call obj,$(TEST_HELP))
$(B)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

# The shared library shows exactly the functions that klausul.h declares.
$(B)/klausul.map: runtime/klausul.h
	@mkdir -p $(@D)
	{ echo '{ global:'; sed -n '/^[a-z].*kl_[a-z_]*(.*/s/.*[ *]\(kl_[a-z_]*\)(.*/\1;/p' $<; echo 'local: *; };'; } > $@
$(B)/$(SONAME): $(call obj,$(RUNTIME_SRC)) $(B)/klausul.map
	$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(B)/klausul.map -o $@ $(filter %.o,$^)
$(B)/libklausul.so: $(B)/$(SONAME)
	ln -sf $(SONAME) $@

# The runtime as one C file and its header, for programs that would rather not link a library.
amalgamation: $(B)/klausul.c
$(B)/klausul.c $(B)/klausul.h &: runtime/amalgamate.py $(RUNTIME_SRC) $(wildcard runtime/*.h runtime/*.def runtime/*.inc)
	@mkdir -p $(B)
	$(PYTHON) runtime/amalgamate.py $(B)

# Bindings, each where the host's headers are; runtime/bindings has a room for each. In SQLite: .load build/sqlite/klausul
SQLITE_H := $(wildcard /usr/include/sqlite3ext.h)
sqlite: $(if $(SQLITE_H),$(B)/sqlite/klausul.so)
	@$(if $(SQLITE_H),:,echo "sqlite: left out: there is no sqlite3ext.h (package libsqlite3-dev)")
$(B)/sqlite/klausul.so: $(B)/runtime/bindings/sqlite/klausul.o $(B)/libklausulio.a $(B)/libklausul.a
	@mkdir -p $(@D)
	$(LINK) -shared -Wl,-Bsymbolic -Wl,--exclude-libs,ALL -Wl,-z,defs -o $@ $^ -lyajl -lutf8proc

# PGXS builds in $(B)/postgresql what make install-postgresql puts where the server that PG_CONFIG tells of looks. Then: CREATE EXTENSION klausul
PG_CONFIG ?= pg_config
PGXS      := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
PG_MAKE    = mkdir -p $(B)/postgresql && $(MAKE) -s -C $(B)/postgresql -f $(CURDIR)/runtime/bindings/postgresql/Makefile \
             VPATH=$(CURDIR)/runtime/bindings/postgresql KLAUSUL=$(CURDIR) KLAUSUL_BUILD=$(abspath $(B)) PG_CONFIG=$(PG_CONFIG)
postgresql install-postgresql: $(if $(PGXS),$(B)/libklausulio.a $(B)/libklausul.a)
	+@$(if $(PGXS),$(PG_MAKE) $(if $(filter install-%,$@),install,all),echo "postgresql: left out: there is no PGXS (package postgresql-server-dev-15)")

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) $(WARN) $(PKG_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

$(call obj,$(LANG_SRC) $(COMPILER_SRC) $(CLI_SRC) $(TEST_SRC)): | $(B)/lang/parse.h

$(B)/lang/parse.c $(B)/lang/parse.h &: lang/parse.y
	@mkdir -p $(@D)
	bison -Wall -Wcounterexamples -Wdangling-alias -Werror -o $(B)/lang/parse.c --header=$(B)/lang/parse.h $<
$(B)/lang/scan.c $(B)/lang/scan.h &: lang/scan.l
	@mkdir -p $(@D)
	flex --header-file=$(B)/lang/scan.h -o $(B)/lang/scan.c $<
$(GEN_OBJ): $(B)/lang/%.o: $(B)/lang/%.c | $(B)/lang/parse.h $(B)/lang/scan.h
	$(COMPILE) $(GENWARN) $(PKG_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# The parts of generated C that are the same for every guideline, as lines of text in a header.
$(B)/compiler/emit/one_%.h: compiler/emit/one_%.c.in
	@mkdir -p $(@D)
	{ echo 'static const char *const kl_one_$*[] = {'; sed 's/[\\"]/\\&/g; s/.*/"&\\n",/' $<; echo '0};'; } > $@
$(B)/compiler/emit/c.o: $(B)/compiler/emit/one_number.h $(B)/compiler/emit/one_record.h

$(TEST_BIN): $(B)/%: $(B)/%.o $(B)/tests/libhelp.a $(ARCHIVES)
	$(LINK) -o $@ $^ -lcmocka $(LIBS)
tests: $(TEST_BIN)

# ---------------------------------------------------------------- for people
deps:
	@.ci/deps all

# What make bench runs beside: Debian packages, and a Python environment and Node modules of its own under $(B)/peers.
deps-bench:
	@.ci/deps --if-missing build test bench || echo "going on without them"
	@$(PYTHON) tests/bench/peers.py --build $(B) --install

# What the tests of the Python package take: headers, Java for Spark, and packages of PyPI in a venv under $(B)/python.
deps-python:
	@.ci/deps --if-missing build test bindings || echo "going on without them"
	@$(PYTHON) tests/bindings/python/run.py --build $(B) --install

demo:
	@.ci/deps --if-missing build
	@[ -x $(B)/klausul ] || echo "building, about a minute"
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@examples/demo.sh $(B)/klausul

check:
	@.ci/deps --if-missing build test
	@$(MAKE) --no-print-directory -s $(JOBS) all tests wasm
	@$(PYTHON) tests/run.py --build $(B)

bless: all
	$(PYTHON) tests/golden/run.py --build $(B) --bless

soak: all tests
	$(PYTHON) tests/run.py --build $(B) --soak

bench: all tests
	$(PYTHON) tests/bench/bench.py --build $(B) $(if $(YARDSTICK),--yardstick $(YARDSTICK)) $(BENCH)

# Every target and binding beside the evaluator and SQL by hand; BENCH=--write puts the table into lang/spec/speed.md.
bench-tools: all tests sqlite postgresql wasm
	$(PYTHON) tests/bench/tools.py --build $(B) $(BENCH)

# The tables of lang/spec/speed.md and its plot, measured anew.
plot: bench
	$(PYTHON) tests/bench/page.py --build $(B)

arrows: all
	$(PYTHON) tests/arrows.py --build $(B)

C_FILES = $(sort $(wildcard runtime/*.[ch] runtime/*/*.[ch] runtime/*/*/*.[ch] lang/*.[ch] lang/base/*.[ch] compiler/*.[ch] compiler/*/*.[ch] \
                            tests/*.[ch] tests/*/*.[ch] examples/*/*.[ch]))
RULE_DIRS = rules
fmt: all
	clang-format -i $(C_FILES)
	$(B)/klausul fmt $(RULE_DIRS)

lint: all
	clang-format --dry-run -Werror $(C_FILES)
	$(B)/klausul fmt --check $(RULE_DIRS)
	$(PYTHON) tests/arrows.py --build $(B)

include runtime/bindings/wasm/wasm.mk

D = $(DESTDIR)$(PREFIX)
install: all
	install -d $(D)/bin $(D)/include $(D)/lib/pkgconfig $(D)/share/man/man1 $(D)/share/bash-completion/completions \
	           $(D)/share/zsh/site-functions $(D)/share/fish/vendor_completions.d
	install -m 755 $(B)/klausul $(D)/bin/klausul
	install -m 644 runtime/klausul.h $(D)/include/klausul.h
	install -m 644 $(B)/libklausul.a $(D)/lib/libklausul.a
	install -m 755 $(B)/$(SONAME) $(D)/lib/libklausul.so.$(VERSION)
	ln -sf libklausul.so.$(VERSION) $(D)/lib/$(SONAME)
	ln -sf $(SONAME) $(D)/lib/libklausul.so
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' runtime/klausul.pc.in > $(D)/lib/pkgconfig/klausul.pc
	install -m 644 compiler/cli/klausul.1 $(D)/share/man/man1/klausul.1
	install -m 644 compiler/cli/klausul.bash $(D)/share/bash-completion/completions/klausul
	install -m 644 compiler/cli/klausul.zsh $(D)/share/zsh/site-functions/_klausul
	install -m 644 compiler/cli/klausul.fish $(D)/share/fish/vendor_completions.d/klausul.fish

uninstall:
	rm -f $(D)/bin/klausul $(D)/include/klausul.h $(D)/lib/libklausul.a $(D)/lib/libklausul.so $(D)/lib/$(SONAME) \
	      $(D)/lib/libklausul.so.$(VERSION) $(D)/lib/pkgconfig/klausul.pc $(D)/share/man/man1/klausul.1 \
	      $(D)/share/bash-completion/completions/klausul $(D)/share/zsh/site-functions/_klausul \
	      $(D)/share/fish/vendor_completions.d/klausul.fish

clean:
	rm -rf build

-include $(B)/runtime/bindings/sqlite/klausul.d
-include $(patsubst %.c,$(B)/%.d,$(RUNTIME_SRC) $(IO_SRC) $(LANG_SRC) $(COMPILER_SRC) $(CLI_SRC) $(TEST_SRC)) $(GEN_OBJ:.o=.d)
