/* files.c - reading whole files, listing folders, and writing files that appear only when they are whole.
 * May include: POSIX.
 * Start at kl_file_read() and kl_sink_open(). */
#define _GNU_SOURCE /* fallocate() */
#include "compiler/cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

bool kl_file_read(kl_arena *a, kl_str path, kl_str *text) {
    bool standard = kl_str_eq(path, KL_STR("-"));
    int fd = standard ? STDIN_FILENO : open(kl_str_dup(a, path).p, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    kl_buf b;
    kl_buf_init(&b, a);
    char part[65536];
    ssize_t n;
    while ((n = read(fd, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        kl_buf_add(&b, part, (size_t)n);
    }
    int why = errno;
    if (!standard) close(fd);
    errno = why;
    *text = kl_buf_view(&b);
    return n == 0;
}

kl_path_kind kl_path_is(kl_arena *a, kl_str path) {
    struct stat st;
    if (stat(kl_str_dup(a, path).p, &st) != 0) return KL_PATH_ABSENT;
    return S_ISREG(st.st_mode) ? KL_PATH_FILE : S_ISDIR(st.st_mode) ? KL_PATH_FOLDER : KL_PATH_OTHER;
}

static int by_bytes(const void *x, const void *y) {
    return kl_str_cmp(*(const kl_str *)x, *(const kl_str *)y);
}

static bool list_into(kl_arena *a, kl_str path, const char *suffix, bool deep, kl_str_list *names, int depth) {
    DIR *dir = opendir(kl_str_dup(a, path).p);
    if (!dir) return false;
    bool ok = true;
    const struct dirent *e;
    while ((errno = 0, e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.') continue;
        const char *slash = path.n && path.p[path.n - 1] == '/' ? "" : "/";
        kl_str full = kl_str_fmt(a, "%.*s%s%s", KL_FMT(path), slash, e->d_name);
        size_t n = strlen(e->d_name), s = strlen(suffix);
        kl_path_kind kind = kl_path_is(a, full);
        if (kind == KL_PATH_FOLDER && deep && depth < 32)
            ok = list_into(a, full, suffix, deep, names, depth + 1) && ok;
        else if (kind == KL_PATH_FILE && n > s && memcmp(e->d_name + n - s, suffix, s) == 0)
            KL_PUSH(a, names, full);
    }
    if (errno) ok = false;
    int why = errno;
    closedir(dir);
    errno = why;
    return ok;
}

bool kl_folder_list(kl_arena *a, kl_str path, const char *suffix, bool deep, kl_str_list *names) {
    size_t first = names->n;
    bool ok = list_into(a, path, suffix, deep, names, 0);
    if (names->n > first) qsort(names->p + first, names->n - first, sizeof *names->p, by_bytes);
    return ok;
}

enum { LINKS_MOST = 16, LINK_BYTES = 4096 };

/* The file that a symbolic link stands for: a new file takes its place, not the link's. */
static kl_str behind(kl_arena *a, kl_str path) {
    char to[LINK_BYTES];
    for (int i = 0; i < LINKS_MOST; i++) {
        ssize_t n = readlink(kl_str_dup(a, path).p, to, sizeof to);
        if (n <= 0 || n == LINK_BYTES) break;
        size_t folder = to[0] == '/' ? 0 : path.n;
        while (folder && path.p[folder - 1] != '/') folder--;
        path = kl_str_fmt(a, "%.*s%.*s", (int)folder, path.p, (int)n, to);
    }
    return path;
}

bool kl_sink_open(kl_arena *a, kl_sink *s, kl_str path) {
    *s = (kl_sink){.fd = -1, .path = path};
    if (!path.n || kl_str_eq(path, KL_STR("-"))) {
        s->fd = STDOUT_FILENO;
        s->path = KL_STR("-");
        return true;
    }
    s->path = kl_str_dup(a, path);
    kl_path_kind kind = kl_path_is(a, path);
    if (kind == KL_PATH_OTHER) {
        s->fd = open(s->path.p, O_WRONLY | O_CLOEXEC);
    } else if (kind == KL_PATH_FOLDER) {
        errno = EISDIR;
    } else {
        struct stat old;
        s->onto = behind(a, s->path);
        s->beside = kl_str_fmt(a, "%.*s.%ld.part", KL_FMT(s->onto), (long)getpid());
        s->fd = open(s->beside.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (s->fd >= 0 && stat(s->onto.p, &old) == 0 && fchmod(s->fd, old.st_mode & 0777) != 0)
            s->failed = true, s->why = errno;
    }
    if (s->fd < 0) s->failed = true, s->why = errno, s->beside.n = 0;
    return !s->failed;
}

enum { PARTS_MOST = 16, RESERVE_BYTES = 1 << 25 };

/* Room on the disk ahead of what is written: then writing is less work. Where there is none to be had it goes on without. */
static void reserve(kl_sink *s, size_t size) {
#ifdef FALLOC_FL_KEEP_SIZE
    if (!s->beside.n || s->unreserved || s->bytes + size <= s->reserved || s->bytes < RESERVE_BYTES / 8) return;
    s->unreserved = fallocate(s->fd, FALLOC_FL_KEEP_SIZE, (off_t)s->bytes, (off_t)(RESERVE_BYTES + size)) != 0;
    if (!s->unreserved) s->reserved = s->bytes + RESERVE_BYTES + size;
#else
    (void)s;
    (void)size;
#endif
}

/* Steps past what was written: the parts that are left begin at the one returned. */
static size_t step(struct iovec *parts, size_t from, size_t count, size_t written) {
    while (from < count && written >= parts[from].iov_len) written -= parts[from++].iov_len;
    if (from == count) return count;
    parts[from].iov_base = (char *)parts[from].iov_base + written;
    parts[from].iov_len -= written;
    return from;
}

bool kl_sink_write_parts(kl_sink *s, const kl_str *parts, size_t count) {
    struct iovec left[PARTS_MOST];
    size_t from = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        left[i] = (struct iovec){(void *)(uintptr_t)parts[i].p, parts[i].n};
        all += parts[i].n;
    }
    if (!s->failed) reserve(s, all);
    while (!s->failed && all) {
        ssize_t n = writev(s->fd, left + from, (int)(count - from));
        if (n < 0 && errno == EINTR && !kl_interrupted()) continue;
        if (n < 0) {
            s->failed = true;
            s->why = errno;
            break;
        }
        s->bytes += (uint64_t)n;
        all -= (size_t)n;
        from = step(left, from, count, (size_t)n);
        if (all && kl_interrupted()) s->failed = true, s->why = EINTR; /* in a write that waited */
    }
    return !s->failed;
}

bool kl_sink_write(kl_sink *s, const void *data, size_t size) {
    return kl_sink_write_parts(s, &(kl_str){data, size}, 1);
}

bool kl_sink_finish(kl_sink *s) {
    bool standard = s->fd == STDOUT_FILENO;
    if (s->reserved && !s->failed && ftruncate(s->fd, (off_t)s->bytes) != 0) s->failed = true, s->why = errno;
    if (s->fd >= 0 && !standard && close(s->fd) != 0 && !s->failed) s->failed = true, s->why = errno;
    s->fd = -1;
    if (s->beside.n && !s->failed && rename(s->beside.p, s->onto.p) != 0) s->failed = true, s->why = errno;
    if (s->beside.n && s->failed) unlink(s->beside.p);
    s->beside.n = 0;
    return !s->failed;
}

void kl_sink_drop(kl_sink *s) {
    if (s->fd >= 0 && s->fd != STDOUT_FILENO) close(s->fd);
    if (s->beside.n) unlink(s->beside.p);
    s->fd = -1;
    s->beside.n = 0;
}

/* Standard output is a pipe whose reader has left, as `head` does when it has seen enough. */
static bool left_unread(kl_cli *c) {
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    c->unread = poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
    return c->unread;
}

static bool unwritten(kl_cli *c, int why) {
    if (!left_unread(c))
        kl_say(c, KL_D_FILE_WRITE, 2, kl_str_of(kl_cli_word(c, "standard ut", "standard output")), kl_why(c, why));
    return false;
}

bool kl_write_all(kl_cli *c, kl_str path, const void *data, size_t size) {
    kl_sink sink;
    if (kl_sink_open(c->arena, &sink, path) && kl_sink_write(&sink, data, size) && kl_sink_finish(&sink)) return true;
    kl_sink_drop(&sink);
    if (kl_str_eq(sink.path, KL_STR("-"))) return unwritten(c, sink.why);
    kl_say(c, KL_D_FILE_WRITE, 2, sink.path, kl_why_write(c, sink.why));
    return false;
}

bool kl_flush(kl_cli *c) {
    return (fflush(stdout) == 0 && !ferror(stdout)) || unwritten(c, errno);
}
