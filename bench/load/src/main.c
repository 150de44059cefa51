/* load: small load generators and backends for the rigs in bench/load. One thread, epoll, no dependencies. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

noreturn void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

struct sockaddr_in address(const char *ip, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    if (inet_pton(AF_INET, ip, &a.sin_addr) != 1) {
        errno = EINVAL;
        die(ip);
    }
    return a;
}

int tcp_listen(const char *ip, const char *port)
{
    struct sockaddr_in a = address(ip, port);
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        die("socket");
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Accepted sockets inherit it, which saves one call for each. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        die("bind");
    }
    if (listen(fd, 4096) < 0) {
        die("listen");
    }
    return fd;
}

int tcp_connect(const struct sockaddr_in *to, int nonblocking)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
    if (fd < 0) {
        die("socket");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

void watch(int epoll, int operation, int fd, uint32_t events, void *tag)
{
    struct epoll_event e = {.events = events, .data.ptr = tag};
    if (epoll_ctl(epoll, operation, fd, &e) < 0) {
        die("epoll_ctl");
    }
}

void histogram_add(struct histogram *h, uint64_t ns)
{
    uint64_t us = ns / 1000;
    h->counts[us < HISTOGRAM_BUCKETS ? us : HISTOGRAM_BUCKETS - 1]++;
    h->total++;
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
    uint64_t wanted = (uint64_t)((double)h->total * percent / 100.0);
    uint64_t seen = 0;
    for (uint64_t us = 0; us < HISTOGRAM_BUCKETS; us++) {
        seen += h->counts[us];
        if (seen > wanted) {
            return us;
        }
    }
    return 0;
}

static const struct {
    const char *name;
    int arguments;
    int (*run)(int argc, char **argv);
    const char *usage;
} commands[] = {
    {"pp", 5, run_pp, "IP PORT CONNECTIONS BYTES SECONDS"},
    {"crr", 4, run_crr, "IP PORT CONNECTIONS SECONDS"},
    {"bulk", 4, run_bulk, "IP PORT CONNECTIONS SECONDS"},
    {"idle", 3, run_idle, "IP PORT CONNECTIONS"},
    {"echo-server", 2, run_echo_server, "IP PORT"},
    {"sink-server", 2, run_sink_server, "IP PORT"},
    {"http-backend", 2, run_http_backend, "IP PORT"},
};

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0 && argc == commands[i].arguments + 2) {
            return commands[i].run(argc - 2, argv + 2);
        }
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        fprintf(stderr, "load %s %s\n", commands[i].name, commands[i].usage);
    }
    return 2;
}
