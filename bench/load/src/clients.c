/* The clients. Each prints one line of name=value pairs when it ends; errors counts connections that broke. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BULK_WRITE_BYTES (128 * 1024)
#define BULK_CLOSE_LIMIT_SECONDS 10
#define IDLE_BYTES 512

struct connection {
    int fd;
    int connected;
    uint64_t since;
    size_t received;
};

static struct histogram latencies;

static void print_result(uint64_t ops, uint64_t bytes, uint64_t errors, uint64_t started)
{
    printf("ops=%llu bytes=%llu errors=%llu seconds=%.3f p50_us=%llu p99_us=%llu\n",
        (unsigned long long)ops, (unsigned long long)bytes, (unsigned long long)errors,
        (double)(now_ns() - started) / NS_PER_SECOND,
        (unsigned long long)histogram_percentile(&latencies, 50),
        (unsigned long long)histogram_percentile(&latencies, 99));
}

static uint64_t seconds_to_ns(const char *text)
{
    return (uint64_t)(atof(text) * NS_PER_SECOND);
}

static struct connection *connections(int count)
{
    struct connection *all = calloc((size_t)count, sizeof *all);
    if (all == NULL) {
        die("calloc");
    }
    return all;
}

/* Waits until something happens or the deadline; 0 events is the deadline. */
static int wait_until(int epoll, struct epoll_event *events, uint64_t deadline)
{
    uint64_t now = now_ns();
    if (now >= deadline) {
        return 0;
    }
    int n = epoll_wait(epoll, events, MAX_EVENTS, (int)((deadline - now) / 1000000) + 1);
    if (n < 0 && errno != EINTR) {
        die("epoll_wait");
    }
    return n < 0 ? 0 : n;
}

/* Ping-pong: every connection has one message under way at any time. */
int run_pp(int argc, char **argv)
{
    (void)argc;
    struct sockaddr_in to = address(argv[0], argv[1]);
    int count = atoi(argv[2]);
    size_t size = (size_t)atoi(argv[3]);
    char *message = calloc(1, size);
    char *scratch = malloc(size);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = connections(count);
    struct epoll_event events[MAX_EVENTS];
    uint64_t ops = 0, errors = 0;
    for (int i = 0; i < count; i++) {
        all[i].fd = tcp_connect(&to, 0);
        if (all[i].fd < 0) {
            die("connect");
        }
        watch(epoll, EPOLL_CTL_ADD, all[i].fd, EPOLLIN, &all[i]);
    }
    uint64_t started = now_ns(), deadline = started + seconds_to_ns(argv[4]);
    for (int i = 0; i < count; i++) {
        all[i].since = now_ns();
        if (send(all[i].fd, message, size, 0) != (ssize_t)size) {
            die("send");
        }
    }
    while (now_ns() < deadline && errors < (uint64_t)count) {
        int n = wait_until(epoll, events, deadline);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            ssize_t got = recv(c->fd, scratch, size - c->received, MSG_DONTWAIT);
            if (got <= 0) {
                errors++;
                watch(epoll, EPOLL_CTL_DEL, c->fd, 0, NULL);
                continue;
            }
            c->received += (size_t)got;
            if (c->received == size) {
                uint64_t now = now_ns();
                histogram_add(&latencies, now - c->since);
                ops++;
                c->received = 0;
                c->since = now;
                if (send(c->fd, message, size, 0) != (ssize_t)size) {
                    errors++;
                    watch(epoll, EPOLL_CTL_DEL, c->fd, 0, NULL);
                }
            }
        }
    }
    print_result(ops, ops * size, errors, started);
    return 0;
}

static void crr_start(int epoll, struct connection *c, const struct sockaddr_in *to)
{
    c->since = now_ns();
    c->connected = 0;
    c->fd = tcp_connect(to, 1);
    if (c->fd < 0) {
        die("connect");
    }
    watch(epoll, EPOLL_CTL_ADD, c->fd, EPOLLOUT, c);
}

/* Connect, one byte there, one byte back, close: the client closes first. */
int run_crr(int argc, char **argv)
{
    (void)argc;
    struct sockaddr_in to = address(argv[0], argv[1]);
    int count = atoi(argv[2]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = connections(count);
    struct epoll_event events[MAX_EVENTS];
    uint64_t ops = 0, errors = 0;
    uint64_t started = now_ns(), deadline = started + seconds_to_ns(argv[3]);
    for (int i = 0; i < count; i++) {
        crr_start(epoll, &all[i], &to);
    }
    while (now_ns() < deadline) {
        int n = wait_until(epoll, events, deadline);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            char byte = 'x';
            if (!c->connected && !(events[i].events & (EPOLLERR | EPOLLHUP)) && send(c->fd, &byte, 1, 0) == 1) {
                c->connected = 1;
                watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
                continue;
            }
            if (c->connected && recv(c->fd, &byte, 1, 0) == 1) {
                histogram_add(&latencies, now_ns() - c->since);
                ops++;
            } else {
                errors++;
            }
            close(c->fd);
            crr_start(epoll, c, &to);
        }
    }
    print_result(ops, ops, errors, started);
    return 0;
}

/* Streams to a sink, then half-closes and waits for its FIN, so every counted byte has arrived. */
int run_bulk(int argc, char **argv)
{
    (void)argc;
    struct sockaddr_in to = address(argv[0], argv[1]);
    int count = atoi(argv[2]);
    char *block = calloc(1, BULK_WRITE_BYTES);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = connections(count);
    struct epoll_event events[MAX_EVENTS];
    uint64_t bytes = 0, errors = 0;
    int open = count;
    uint64_t started = now_ns(), stop = started + seconds_to_ns(argv[3]);
    uint64_t limit = stop + BULK_CLOSE_LIMIT_SECONDS * NS_PER_SECOND;
    for (int i = 0; i < count; i++) {
        all[i].fd = tcp_connect(&to, 1);
        if (all[i].fd < 0) {
            die("connect");
        }
        watch(epoll, EPOLL_CTL_ADD, all[i].fd, EPOLLOUT | EPOLLRDHUP, &all[i]);
    }
    int closing = 0;
    while (open > 0 && now_ns() < limit) {
        int n = wait_until(epoll, events, closing ? limit : stop);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            ssize_t sent = 0;
            if (!closing && !(events[i].events & (EPOLLERR | EPOLLRDHUP))) {
                sent = send(c->fd, block, BULK_WRITE_BYTES, MSG_DONTWAIT);
                bytes += sent > 0 ? (uint64_t)sent : 0;
            }
            int broken = (events[i].events & EPOLLERR) || (sent < 0 && errno != EAGAIN);
            if (broken || (events[i].events & EPOLLRDHUP)) {
                errors += broken || !closing;
                watch(epoll, EPOLL_CTL_DEL, c->fd, 0, NULL);
                close(c->fd);
                c->fd = -1;
                open--;
            }
        }
        if (!closing && now_ns() >= stop) {
            closing = 1;
            for (int i = 0; i < count; i++) {
                if (all[i].fd >= 0) {
                    shutdown(all[i].fd, SHUT_WR);
                    watch(epoll, EPOLL_CTL_MOD, all[i].fd, EPOLLIN | EPOLLRDHUP, &all[i]);
                }
            }
        }
    }
    print_result(bytes, bytes, errors + (uint64_t)open, started);
    return 0;
}

/* Opens connections that each move 512 bytes once, says ready, and holds them until its stdin ends. */
int run_idle(int argc, char **argv)
{
    (void)argc;
    struct sockaddr_in to = address(argv[0], argv[1]);
    int count = atoi(argv[2]);
    char message[IDLE_BYTES] = {0}, back[IDLE_BYTES];
    for (int i = 0; i < count; i++) {
        int fd = tcp_connect(&to, 0);
        if (fd < 0) {
            die("connect");
        }
        if (send(fd, message, sizeof message, 0) != sizeof message
            || recv(fd, back, sizeof back, MSG_WAITALL) != sizeof back) {
            die("first exchange");
        }
    }
    printf("ready=%d\n", count);
    fflush(stdout);
    while (read(0, back, sizeof back) > 0) {
    }
    return 0;
}
