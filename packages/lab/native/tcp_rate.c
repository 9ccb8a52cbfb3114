// Connections per second: connect, send one byte, read one byte and the end, close. The server closes first, so that
// the waiting ends (TIME-WAIT) pile up there and the client never runs out of ports.
#define _GNU_SOURCE
#include "common.h"
#include "tools.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256 };

static void watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 &&
	    (errno != EEXIST || epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0))
		die("epoll_ctl");
}

static void accept_all(int epoll, int listener)
{
	int fd;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		watch(epoll, fd, EPOLLIN);
}

static bool answer(int fd)
{
	char byte;
	ssize_t got = read(fd, &byte, 1);
	if (got < 0 && errno == EAGAIN)
		return false;
	bool answered = got == 1 && write(fd, &byte, 1) == 1;
	close(fd);
	return answered;
}

int tcp_answer(int argc, char **argv)
{
	if (argc < 1)
		usage("tcp-answer PORT");
	int listener = bound_socket(SOCK_STREAM | SOCK_NONBLOCK, parse_port(argv[0]));
	if (listen(listener, 4096) < 0)
		die("listen");
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	watch(epoll, listener, EPOLLIN);
	fprintf(stderr, "ready\n");

	uint64_t answered = 0;
	struct epoll_event events[EVENTS];
	while (!stopping) {
		int count = epoll_wait(epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener)
				accept_all(epoll, listener);
			else
				answered += answer(events[i].data.fd);
		}
	}
	printf("{\"answered\":%llu}\n", (unsigned long long)answered);
	return 0;
}

struct rate {
	struct target target;
	int epoll;
	int in_flight;
	uint64_t connections, errors;
};

static void begin(struct rate *rate)
{
	int fd = socket(rate->target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&rate->target.address, rate->target.length) < 0 && errno != EINPROGRESS) {
		rate->errors++;
		close(fd);
		return;
	}
	watch(rate->epoll, fd, EPOLLOUT);
	rate->in_flight++;
}

static void finish(struct rate *rate, int fd, bool good)
{
	good ? rate->connections++ : rate->errors++;
	rate->in_flight--;
	close(fd);
}

// The connection is up (or refused): ask. Or the answer is there: read it. The end of the stream ends it well.
static void step(struct rate *rate, struct epoll_event event)
{
	int fd = event.data.fd;
	if (event.events & EPOLLOUT) {
		if (write(fd, "?", 1) == 1)
			watch(rate->epoll, fd, EPOLLIN);
		else
			finish(rate, fd, false);
		return;
	}
	char bytes[16];
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got > 0)
		got = read(fd, bytes, sizeof bytes); // the end often came with the byte
	if (got < 0 && errno == EAGAIN)
		return;
	finish(rate, fd, got == 0);
}

int tcp_rate(int argc, char **argv)
{
	if (argc < 2)
		usage("tcp-rate ADDRESS PORT [--in-flight N] [--seconds S]");
	struct rate rate = {.target = parse_target(argv[0], argv[1]), .epoll = epoll_create1(EPOLL_CLOEXEC)};
	int64_t wanted = option(argc, argv, "--in-flight", 1);
	double seconds = (double)option(argc, argv, "--seconds", 5);

	struct epoll_event events[EVENTS];
	double start = now_seconds(), now = start;
	while (!stopping && (now = now_seconds()) - start < seconds) {
		for (int64_t missing = wanted - rate.in_flight; missing > 0; missing--)
			begin(&rate);
		int count = epoll_wait(rate.epoll, events, EVENTS, 100);
		for (int i = 0; i < count; i++)
			step(&rate, events[i]);
	}
	printf("{\"connections\":%llu,\"errors\":%llu,\"seconds\":%.6f}\n", (unsigned long long)rate.connections,
	       (unsigned long long)rate.errors, now - start);
	return 0;
}
