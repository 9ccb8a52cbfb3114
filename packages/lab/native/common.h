// What the traffic tools share.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

// Becomes true on SIGTERM or SIGINT; blocking calls then return with EINTR.
extern volatile bool stopping;

// Ends the program with exit code 1 and the sentence "traffic: <what>: <reason from errno>".
_Noreturn void die(const char *what);

// Ends the program with exit code 2 and a sentence about the arguments.
_Noreturn void usage(const char *sentence);

// Value of "--name N" among the arguments, or the fallback. A value that is no number in 0..10^12 ends the program.
int64_t option(int argc, char **argv, const char *name, int64_t fallback);

// A port as an argument, 1..65535.
uint16_t parse_port(const char *text);

// Seconds of the monotonic clock.
double now_seconds(void);

// A socket bound to the port on every IPv6 and IPv4 address. type may carry SOCK_NONBLOCK.
int bound_socket(int type, uint16_t port);

struct target {
	struct sockaddr_storage address;
	socklen_t length;
};

// A numeric IPv4 or IPv6 address and a port.
struct target parse_target(const char *address, const char *port);

// Sorts the samples and returns the one at the quantile q (0..1).
double quantile(double *samples, size_t count, double q);
