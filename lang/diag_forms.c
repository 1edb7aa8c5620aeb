/* diag_forms.c - diagnostics for tools: JSON, one object a line, and the annotations of GitHub's workflow commands.
 * May include: lang/diag_internal.h.
 * Start at kl_diags_json(). */
#include "lang/diag_internal.h"

static void json_string(FILE *out, kl_str s) {
    fputc('"', out);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        switch (c) {
        case '"': fputs("\\\"", out); break;
        case '\\': fputs("\\\\", out); break;
        case '\n': fputs("\\n", out); break;
        case '\r': fputs("\\r", out); break;
        case '\t': fputs("\\t", out); break;
        default:
            if (c < 0x20 || c == 0x7F)
                fprintf(out, "\\u%04x", c);
            else
                fputc(c, out);
        }
    }
    fputc('"', out);
}

static void json_place(FILE *out, const kl_file *file, kl_span span) {
    size_t line, column, end_line, end_column;
    kl_place(file, span.start, &line, &column);
    kl_place(file, span.end, &end_line, &end_column);
    fputs("\"file\": ", out);
    json_string(out, file->path);
    fprintf(out, ", \"line\": %zu, \"column\": %zu, \"end_line\": %zu, \"end_column\": %zu, \"start\": %u, \"end\": %u",
            line, column, end_line, end_column, (unsigned)span.start, (unsigned)span.end);
}

static void json_member(FILE *out, const char *key, kl_str value) {
    if (!value.n) return;
    fprintf(out, ", \"%s\": ", key);
    json_string(out, value);
}

void kl_diags_json(kl_diags *d, FILE *out) {
    kl_diag_order order = kl_diags_ordered(d);
    for (size_t i = 0; i < order.n; i++) {
        const kl_diag *diag = order.p[i];
        fprintf(out, "{\"code\": \"%s\", \"severity\": \"%s\", \"message\": ", kl_diag_code(diag->id),
                kl_diag_severity(diag->id) == KL_ERROR ? "error" : "warning");
        json_string(out, kl_diag_message(d, diag));
        if (diag->file) {
            fputs(", ", out);
            json_place(out, diag->file, diag->span);
        }
        if (diag->second_file) {
            fputs(", \"second\": {", out);
            json_place(out, diag->second_file, diag->second);
            json_member(out, "note", diag->second_note);
            fputc('}', out);
        }
        json_member(out, "note", diag->note);
        json_member(out, "suggestion", diag->suggestion);
        json_member(out, "hint", kl_diag_hint(d, diag));
        fputs("}\n", out);
    }
}

/* In a command's message % and line ends are escaped; in a property also : and the comma. */
static void command_text(FILE *out, kl_str s, bool property) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            fprintf(out, "%%%02X", (unsigned char)c);
        else
            fputc(c, out);
    }
}

void kl_diags_github(kl_diags *d, FILE *out) {
    kl_diag_order order = kl_diags_ordered(d);
    for (size_t i = 0; i < order.n; i++) {
        const kl_diag *diag = order.p[i];
        fputs(kl_diag_severity(diag->id) == KL_ERROR ? "::error " : "::warning ", out);
        if (diag->file) {
            size_t line, column, end_line, end_column;
            kl_place(diag->file, diag->span.start, &line, &column);
            kl_place(diag->file, diag->span.end, &end_line, &end_column);
            fputs("file=", out);
            command_text(out, diag->file->path, true);
            fprintf(out, ",line=%zu,endLine=%zu,col=%zu,endColumn=%zu,", line, end_line, column, end_column);
        }
        fprintf(out, "title=%s::", kl_diag_code(diag->id));
        command_text(out, kl_diag_message(d, diag), false);
        kl_str hint = kl_diag_hint(d, diag);
        const kl_str extra[] = {diag->note, hint};
        for (size_t k = 0; k < 2; k++)
            if (extra[k].n) {
                fputs("%0A", out);
                command_text(out, extra[k], false);
            }
        fputc('\n', out);
    }
}
