/* What the load program's parts share. All sockets are IPv4 TCP; all times are CLOCK_MONOTONIC nanoseconds. */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/epoll.h>

#define MAX_EVENTS 256
#define NS_PER_SECOND 1000000000ull

/* Latencies in whole microseconds; the last bucket holds everything slower. */
#define HISTOGRAM_BUCKETS 200000

struct histogram {
    uint32_t counts[HISTOGRAM_BUCKETS];
    uint64_t total;
};

noreturn void die(const char *what);
uint64_t now_ns(void);
struct sockaddr_in address(const char *ip, const char *port);
int tcp_listen(const char *ip, const char *port);
int tcp_connect(const struct sockaddr_in *to, int nonblocking);
void watch(int epoll, int operation, int fd, uint32_t events, void *tag);
void histogram_add(struct histogram *h, uint64_t ns);
uint64_t histogram_percentile(const struct histogram *h, double percent);

int run_pp(int argc, char **argv);
int run_crr(int argc, char **argv);
int run_bulk(int argc, char **argv);
int run_idle(int argc, char **argv);
int run_echo_server(int argc, char **argv);
int run_sink_server(int argc, char **argv);
int run_http_backend(int argc, char **argv);

#endif
