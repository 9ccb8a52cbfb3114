// Traffic generators and sinks for the lab, in C so that the tool is never what limits a measurement.
// Every tool prints one JSON object on standard output when it ends.
#include "traffic.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile bool stopping = false;

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
} tools[] = {
	{"udp-sink", udp_sink, "PORT                                     count datagrams until SIGTERM"},
	{"udp-blast", udp_blast, "ADDRESS PORT [--size B] [--seconds S]    send as fast as the socket takes them"},
	{"udp-source", udp_source, "PORT [--size B] [--seconds S]             the same to the first one who asks"},
	{"udp-fetch", udp_fetch, "ADDRESS PORT                             ask a source, count what comes"},
	{"udp-echo", udp_echo, "PORT                                     send every datagram back until SIGTERM"},
	{"udp-ping", udp_ping, "ADDRESS PORT [--size B] [--seconds S] [--count N] [--interval US] [--source-port P]  one datagram at a time"},
	{"tcp-answer", tcp_answer, "PORT                                     answer one byte with one byte, close"},
	{"tcp-rate", tcp_rate, "ADDRESS PORT [--in-flight N] [--seconds S]  connect, ask, read, close, again"},
};

void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

void usage(const char *sentence)
{
	fprintf(stderr, "traffic: %s\n", sentence);
	exit(2);
}

int64_t option(int argc, char **argv, const char *name, int64_t fallback)
{
	for (int i = 0; i + 1 < argc; i++) {
		if (strcmp(argv[i], name) != 0)
			continue;
		char *end;
		errno = 0;
		long long value = strtoll(argv[i + 1], &end, 10);
		if (errno != 0 || end == argv[i + 1] || *end != '\0' || value < 0 || value > 1000000000000LL)
			usage("an option wants a whole number");
		return value;
	}
	return fallback;
}

uint16_t parse_port(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || value < 1 || value > 65535)
		usage("a port is a number from 1 to 65535");
	return (uint16_t)value;
}

double now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int bound_socket(int type, uint16_t port)
{
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	int no = 0, yes = 1;
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_any};
	if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0)
		die("bind");
	return fd;
}

struct target parse_target(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found;
	parse_port(port);
	if (getaddrinfo(address, port, &hints, &found) != 0)
		usage("the address must be a numeric IPv4 or IPv6 address");
	struct target target = {.length = found->ai_addrlen};
	memcpy(&target.address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return target;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double quantile(double *samples, size_t count, double q)
{
	if (count == 0)
		return 0;
	qsort(samples, count, sizeof *samples, by_value);
	size_t index = (size_t)(q * (double)count);
	return samples[index < count ? index : count - 1];
}

static void stop(int signal)
{
	(void)signal;
	stopping = true;
}

int main(int argc, char **argv)
{
	// Without SA_RESTART a blocking call returns EINTR, so that no tool hangs past a signal.
	struct sigaction action = {.sa_handler = stop};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);

	for (size_t i = 0; argc > 1 && i < sizeof tools / sizeof *tools; i++)
		if (strcmp(argv[1], tools[i].name) == 0)
			return tools[i].run(argc - 2, argv + 2);

	fprintf(stderr, "usage: traffic TOOL ARGUMENTS\n");
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		fprintf(stderr, "  %-10s %s\n", tools[i].name, tools[i].arguments);
	return 2;
}
