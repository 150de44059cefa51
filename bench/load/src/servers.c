/* The TCP backends: one that sends back what it reads, one that throws it away. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ECHO_BYTES (16 * 1024)
#define SINK_BYTES (256 * 1024)

static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, (void *)(intptr_t)fd);
    }
    if (errno != EAGAIN && errno != ECONNABORTED) {
        die("accept4");
    }
}

static noreturn void serve(const char *ip, const char *port, size_t size, int echo)
{
    char *buffer = malloc(size);
    int listener = tcp_listen(ip, port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[MAX_EVENTS];
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, (void *)(intptr_t)listener);
    for (;;) {
        int n = epoll_wait(epoll, events, MAX_EVENTS, -1);
        if (n < 0 && errno != EINTR) {
            die("epoll_wait");
        }
        for (int i = 0; i < n; i++) {
            int fd = (int)(intptr_t)events[i].data.ptr;
            if (fd == listener) {
                accept_all(epoll, listener);
                continue;
            }
            ssize_t got = recv(fd, buffer, size, 0);
            if (got < 0 && errno == EAGAIN) {
                continue;
            }
            /* Messages are small, so a full send buffer means a broken client, not a slow one. */
            if (got <= 0 || (echo && send(fd, buffer, (size_t)got, 0) != got)) {
                close(fd);
            }
        }
    }
}

int run_echo_server(int argc, char **argv)
{
    (void)argc;
    serve(argv[0], argv[1], ECHO_BYTES, 1);
}

int run_sink_server(int argc, char **argv)
{
    (void)argc;
    serve(argv[0], argv[1], SINK_BYTES, 0);
}
