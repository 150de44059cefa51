/* An HTTP/1.1 keep-alive backend with answers made beforehand: /tiny 100 B, /10k, /1m, each with 5 header fields. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_BYTES (32 * 1024)

struct answer {
    const char *path;
    size_t body;
    int status;
    char *bytes;
    size_t length;
};

static struct answer answers[] = {
    {"/tiny ", 100, 200, NULL, 0},
    {"/10k ", 10 * 1024, 200, NULL, 0},
    {"/1m ", 1024 * 1024, 200, NULL, 0},
    {"", 0, 404, NULL, 0},
};

static struct answer refusal = {"", 0, 400, NULL, 0};

struct connection {
    int fd;
    int closing;
    int writing;
    const struct answer *pending;
    size_t sent;
    size_t body_left;
    size_t held;
    char input[INPUT_BYTES + 1];
};

static void make(struct answer *a)
{
    a->bytes = malloc(a->body + 512);
    int head = sprintf(a->bytes,
        "HTTP/1.1 %d %s\r\nServer: load\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: %zu\r\n\r\n",
        a->status, a->status == 200 ? "OK" : a->status == 404 ? "Not Found" : "Bad Request", a->body);
    memset(a->bytes + head, 'x', a->body);
    a->length = (size_t)head + a->body;
}

/* Finds a field's value in a head that ends with a NUL; NULL if it is not there. */
static const char *field(const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    return at == NULL ? NULL : at + strlen(name);
}

/* Takes one head from the input. Returns 0 if it is not whole yet. */
static int take_head(struct connection *c)
{
    c->input[c->held] = 0;
    char *end = strstr(c->input, "\r\n\r\n");
    if (end == NULL) {
        if (c->held == INPUT_BYTES) {
            c->pending = &refusal;
            c->closing = 1;
        }
        return c->held == INPUT_BYTES;
    }
    size_t head = (size_t)(end - c->input) + 4;
    char kept = c->input[head];
    c->input[head] = 0;
    const char *length = field(c->input, "\r\ncontent-length:");
    const char *connection = field(c->input, "\r\nconnection:");
    c->closing = connection != NULL && strncasecmp(connection + strspn(connection, " "), "close", 5) == 0;
    c->body_left = length == NULL ? 0 : strtoul(length, NULL, 10);
    const char *target = strchr(c->input, ' ');
    const struct answer *a = answers;
    while (target != NULL && *a->path != 0 && strncmp(target + 1, a->path, strlen(a->path)) != 0) {
        a++;
    }
    c->pending = a;
    if (target == NULL || field(c->input, "\r\ntransfer-encoding:") != NULL) {
        c->pending = &refusal;
        c->closing = 1;
    }
    c->input[head] = kept;
    c->held -= head;
    memmove(c->input, c->input + head, c->held);
    return 1;
}

/* Sends what is due. Returns 0 if the socket is full, -1 if the connection is over. */
static int send_answer(int epoll, struct connection *c)
{
    while (c->sent < c->pending->length) {
        ssize_t n = send(c->fd, c->pending->bytes + c->sent, c->pending->length - c->sent, 0);
        if (n < 0 && errno == EAGAIN) {
            if (!c->writing) {
                c->writing = 1;
                watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLOUT, c);
            }
            return 0;
        }
        if (n <= 0) {
            return -1;
        }
        c->sent += (size_t)n;
    }
    c->sent = 0;
    c->pending = NULL;
    if (c->writing) {
        c->writing = 0;
        watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    }
    return c->closing ? -1 : 1;
}

/* Goes as far as the input allows: head, body, answer, next head. Returns -1 if the connection is over. */
static int advance(int epoll, struct connection *c)
{
    for (;;) {
        size_t taken = c->held < c->body_left ? c->held : c->body_left;
        c->body_left -= taken;
        c->held -= taken;
        memmove(c->input, c->input + taken, c->held);
        if (c->pending != NULL && c->body_left == 0) {
            int result = send_answer(epoll, c);
            if (result <= 0) {
                return result;
            }
        }
        if (c->pending != NULL || !take_head(c)) {
            return 0;
        }
    }
}

static int on_event(int epoll, struct connection *c)
{
    if (!c->writing) {
        ssize_t got = recv(c->fd, c->input + c->held, INPUT_BYTES - c->held, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            return -1;
        }
        c->held += got > 0 ? (size_t)got : 0;
    }
    return advance(epoll, c);
}

static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (c == NULL) {
            die("calloc");
        }
        c->fd = fd;
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
    }
}

int run_http_backend(int argc, char **argv)
{
    (void)argc;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        make(&answers[i]);
    }
    make(&refusal);
    int listener = tcp_listen(argv[0], argv[1]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[MAX_EVENTS];
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    for (;;) {
        int n = epoll_wait(epoll, events, MAX_EVENTS, -1);
        if (n < 0 && errno != EINTR) {
            die("epoll_wait");
        }
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all(epoll, listener);
            } else if (on_event(epoll, c) < 0) {
                close(c->fd);
                free(c);
            }
        }
    }
}
