# wasm.mk - builds the npm package under $(B)/wasm: two modules and what stands beside them.
# May use: clang, lld and wasi-libc, which `.ci/deps wasm` installs. The Makefile includes it.
# Start at `make wasm`; without the tools it says so and builds nothing.

WASM         = $(B)/wasm
WASM_HERE    = runtime/bindings/wasm
WASM_CC     ?= clang
WASM_FLAGS   = --target=wasm32-wasi -O2 -I. -I$(B) -isystem $(WASM_HERE)/include -D_POSIX_C_SOURCE=200809L
WASM_RUNTIME = $(wildcard runtime/*.c) runtime/simd/cpu.c runtime/simd/kernels.c \
               $(addprefix runtime/io/,assumed.c bytes.c clauses.c desk.c intake.c lookup.c reject.c schema.c value.c \
               verdict.c write_ndjson.c) $(WASM_HERE)/host.c $(WASM_HERE)/describe.c
# The compiler without its proofs, which need z3, and without its other targets.
WASM_COMPILE = $(filter-out lang/base/unicode.c,$(LANG_SRC)) $(wildcard compiler/*.c) \
               $(filter-out compiler/emit/c.c compiler/emit/c_% compiler/emit/sql%,$(wildcard compiler/emit/*.c)) \
               $(patsubst %,compiler/analyse/%.c,bounds candidates decision diagram form near order questions report results) \
               $(WASM_HERE)/compile.c $(WASM_HERE)/sha256.c $(WASM_HERE)/unicode.c
WASM_FILES   = $(addprefix $(WASM)/,index.js index.d.ts package.json README.md)
WASM_LINK    = $(WASM_CC) --target=wasm32-wasi -O2 -mexec-model=reactor -Wl,--strip-all -Wl,-z,stack-size=1048576
wasm_obj     = $(patsubst %.c,$(B)/wasm-obj/%.o,$(1))

.PHONY: wasm
ifneq ($(and $(wildcard /usr/lib/wasm32-wasi/libc.a),$(shell command -v wasm-ld),$(shell command -v $(WASM_CC))),)
wasm: $(WASM)/klausul-runtime.wasm $(WASM)/klausul.wasm $(WASM_FILES)
else
wasm:
	@echo "wasm: left out: it needs clang, lld and wasi-libc (.ci/deps wasm installs them)"
endif

$(WASM)/klausul-runtime.wasm: $(call wasm_obj,$(WASM_RUNTIME))
$(WASM)/klausul.wasm: $(call wasm_obj,$(WASM_RUNTIME) $(WASM_COMPILE) $(B)/lang/parse.c $(B)/lang/scan.c)
$(WASM)/%.wasm:
	@mkdir -p $(@D)
	$(WASM_LINK) -o $@ $^

$(WASM_FILES): $(WASM)/%: $(WASM_HERE)/%
	@mkdir -p $(@D)
	cp $< $@

$(B)/wasm-obj/%.o: %.c | $(B)/lang/parse.h
	@mkdir -p $(@D)
	$(WASM_CC) $(WASM_FLAGS) $(WARN) -MMD -MP -c -o $@ $<
$(call wasm_obj,$(B)/lang/parse.c $(B)/lang/scan.c): $(B)/wasm-obj/%.o: %.c
	@mkdir -p $(@D)
	$(WASM_CC) $(WASM_FLAGS) $(GENWARN) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(call wasm_obj,$(WASM_RUNTIME) $(WASM_COMPILE)))
