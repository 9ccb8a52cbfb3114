// One datagram at a time, there and back: round-trip times, loss, and whether the payload came back unchanged.
#define _GNU_SOURCE
#include "common.h"
#include "tools.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

enum { LARGEST = 65507 };

static const size_t MAX_SAMPLES = 2000000;
static char sent[LARGEST], received[LARGEST];

int udp_echo(int argc, char **argv)
{
	if (argc < 1)
		usage("udp-echo PORT");
	int fd = bound_socket(SOCK_DGRAM, parse_port(argv[0]));
	fprintf(stderr, "ready\n");
	uint64_t packets = 0, bytes = 0;
	while (!stopping) {
		struct sockaddr_storage from;
		socklen_t length = sizeof from;
		ssize_t size = recvfrom(fd, received, sizeof received, 0, (struct sockaddr *)&from, &length);
		if (size < 0)
			continue; // a signal, or an ICMP error for an earlier answer
		packets++;
		bytes += (uint64_t)size;
		sendto(fd, received, (size_t)size, 0, (struct sockaddr *)&from, length);
	}
	printf("{\"packets\":%llu,\"bytes\":%llu}\n", (unsigned long long)packets, (unsigned long long)bytes);
	return 0;
}

// The number of this exchange, then bytes that follow from it: an answer to an earlier one is told apart.
static void fill(char *payload, size_t size, uint32_t number)
{
	uint32_t x = number * 2654435761u + 1;
	for (size_t i = 0; i < size; i++) {
		x = x * 1664525u + 1013904223u;
		payload[i] = (char)(x >> 24);
	}
	memcpy(payload, &number, size < sizeof number ? size : sizeof number);
}

struct tally {
	uint64_t sent, answered, lost, refused, corrupt, other_errors;
};

static void count_error(struct tally *tally)
{
	if (errno == EAGAIN)
		tally->lost++;
	else if (errno == ECONNREFUSED)
		tally->refused++;
	else if (errno != EINTR)
		tally->other_errors++;
}

// One exchange. Returns true when the answer came; late answers to earlier exchanges are skipped.
static bool exchange(int fd, size_t size, uint32_t number, struct tally *tally)
{
	fill(sent, size, number);
	tally->sent++;
	if (send(fd, sent, size, 0) < 0) {
		count_error(tally);
		return false;
	}
	for (;;) {
		ssize_t got = recv(fd, received, sizeof received, 0);
		if (got < 0) {
			count_error(tally);
			return false;
		}
		if (size >= 4 && got >= 4 && memcmp(sent, received, 4) != 0)
			continue;
		bool same = (size_t)got == size && memcmp(sent, received, size) == 0;
		same ? tally->answered++ : tally->corrupt++;
		return same;
	}
}

static int ping_socket(struct target target, uint16_t source_port)
{
	int fd = socket(target.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	struct sockaddr_storage source = {.ss_family = target.address.ss_family};
	// The port sits at the same place in sockaddr_in and sockaddr_in6.
	((struct sockaddr_in *)&source)->sin_port = htons(source_port);
	if (bind(fd, (struct sockaddr *)&source, target.length) < 0)
		die("bind");
	if (connect(fd, (struct sockaddr *)&target.address, target.length) < 0)
		die("connect");
	struct timeval patience = {.tv_sec = 1};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

// Sleeps until a moment of the monotonic clock; not at all when it has passed.
static void sleep_until(double moment)
{
	time_t seconds = (time_t)moment;
	struct timespec at = {.tv_sec = seconds, .tv_nsec = (long)((moment - (double)seconds) * 1e9)};
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

int udp_ping(int argc, char **argv)
{
	if (argc < 2)
		usage("udp-ping ADDRESS PORT [--size B] [--seconds S] [--count N] [--interval US] [--source-port P]");
	struct target target = parse_target(argv[0], argv[1]);
	int64_t size = option(argc, argv, "--size", 64);
	double seconds = (double)option(argc, argv, "--seconds", 3600);
	uint64_t most = (uint64_t)option(argc, argv, "--count", 1000000000);
	double interval = (double)option(argc, argv, "--interval", 0) / 1e6;
	if (size > LARGEST)
		usage("a datagram carries at most 65507 bytes");
	int fd = ping_socket(target, (uint16_t)option(argc, argv, "--source-port", 0));

	double *samples = malloc(MAX_SAMPLES * sizeof *samples);
	if (samples == NULL)
		die("malloc");
	size_t count = 0;
	struct tally tally = {0};
	double start = now_seconds(), before = start;
	for (uint32_t number = 1; !stopping && tally.sent < most && before - start < seconds; number++) {
		bool answered = exchange(fd, (size_t)size, number, &tally);
		double after = now_seconds();
		if (answered && count < MAX_SAMPLES)
			samples[count++] = after - before;
		if (interval > 0) {
			sleep_until(before + interval);
			after = now_seconds();
		}
		before = after;
	}
	printf("{\"sent\":%llu,\"answered\":%llu,\"lost\":%llu,\"refused\":%llu,\"corrupt\":%llu,\"errors\":%llu,"
	       "\"p50us\":%.2f,\"p99us\":%.2f}\n",
	       (unsigned long long)tally.sent, (unsigned long long)tally.answered, (unsigned long long)tally.lost,
	       (unsigned long long)tally.refused, (unsigned long long)tally.corrupt,
	       (unsigned long long)tally.other_errors, quantile(samples, count, 0.5) * 1e6,
	       quantile(samples, count, 0.99) * 1e6);
	free(samples);
	return 0;
}
