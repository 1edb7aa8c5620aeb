# Klausul: builds the command, the libraries and the tests; the folders are the architecture.
# May use: cc, flex, bison, pkg-config and the packages that `make deps` installs.
# Start at `make demo` (see it work) or `make check` (all tests); everything built goes under build/.

B        ?= build
CC       ?= cc
PREFIX   ?= /usr/local
CFLAGS   ?= -O2 -g
WARN      = -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror
GENWARN   = -std=c11 -Wall -Wno-unused-function
CPPFLAGS += -I. -I$(B) -D_POSIX_C_SOURCE=200809L
PKGS      = yajl libmd libutf8proc
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
LIBS      = $(shell pkg-config --libs $(PKGS))

RUNTIME_SRC  = $(sort $(wildcard runtime/*.c))
IO_SRC       = $(sort $(wildcard runtime/io/*.c))
LANG_SRC     = $(sort $(wildcard lang/*.c lang/base/*.c))
COMPILER_SRC = $(sort $(wildcard compiler/*.c compiler/emit/*.c compiler/analyse/*.c))
CLI_SRC      = $(sort $(wildcard compiler/cli/*.c))
GEN_OBJ      = $(B)/lang/parse.o $(B)/lang/scan.o

obj = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all clean
all: $(B)/klausul

$(B)/klausul: $(call obj,$(CLI_SRC)) $(B)/libklausulc.a $(B)/libklausulio.a $(B)/libklausul.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libklausul.a: $(call obj,$(RUNTIME_SRC))
$(B)/libklausulio.a: $(call obj,$(IO_SRC))
$(B)/libklausulc.a: $(call obj,$(COMPILER_SRC) $(LANG_SRC)) $(GEN_OBJ)
$(B)/%.a:
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(PKG_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

$(call obj,$(LANG_SRC) $(COMPILER_SRC) $(CLI_SRC)): | $(B)/lang/parse.h

$(B)/lang/parse.c $(B)/lang/parse.h &: lang/parse.y
	@mkdir -p $(@D)
	bison -Wall -Wcounterexamples -Wdangling-alias -Werror -o $(B)/lang/parse.c --header=$(B)/lang/parse.h $<
$(B)/lang/scan.c $(B)/lang/scan.h &: lang/scan.l
	@mkdir -p $(@D)
	flex --header-file=$(B)/lang/scan.h -o $(B)/lang/scan.c $<
$(B)/lang/parse.o $(B)/lang/scan.o: $(B)/lang/%.o: $(B)/lang/%.c | $(B)/lang/parse.h $(B)/lang/scan.h
	$(CC) $(CPPFLAGS) $(CFLAGS) $(GENWARN) $(PKG_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
