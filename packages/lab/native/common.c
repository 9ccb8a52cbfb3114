#include "common.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile bool stopping = false;

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
