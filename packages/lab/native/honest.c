// An honest client, second by second: a TCP connection paced in both directions, new TCP connections, questions over UDP as
// those of a resolver, and pings. What was tried counts for the second in which it began, whenever its answer came.
#define _GNU_SOURCE
#include "common.h"
#include "tools.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, DESCRIPTORS = 16384, CHUNK = 65536, TICK_MS = 2, QUESTION = 40, PINGS = 65536 };
static const double BURST_SECONDS = 0.25, RETRY_SECONDS = 1, PING_PATIENCE = 2, DATAGRAM_PATIENCE = 3;

struct second {
	uint64_t bytes;
	uint32_t connections, connected, questions, answers, pings, pongs;
	double waited; // seconds, of the pongs
};

enum use { FREE, CONNECTION, DATAGRAM };

struct attempt {
	enum use use;
	uint32_t number; // tells its successor with the same descriptor apart
	int second;
};

// Attempts of one kind in the order of their start: all have the same time.
struct line {
	struct {
		int fd;
		uint32_t number;
		double until;
	} places[DESCRIPTORS];
	uint32_t head, tail;
};

enum bulk_state { DOWN, CONNECTING, UP };

struct honest {
	int epoll, icmp, bulk_fd;
	enum bulk_state bulk_state;
	double bulk_retry, allowance, last_tick;
	uint64_t breaks;
	struct target bulk, connections, datagrams, pings;
	struct second *seconds;
	int length, now;
	uint32_t numbers;
	struct attempt attempts[DESCRIPTORS];
	struct line lines[3];
	double ping_sent[PINGS];
	uint16_t ping_next, identifier;
};

static struct honest it;
static char chunk[CHUNK];

static void watch(int fd, uint32_t events, int operation)
{
	struct epoll_event event = {.events = events, .data.fd = fd};
	if (epoll_ctl(it.epoll, operation, fd, &event) < 0)
		die("epoll_ctl");
}

static int dial(struct target target, int type)
{
	int fd = socket(target.address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || fd >= DESCRIPTORS)
		die("socket");
	if (connect(fd, (struct sockaddr *)&target.address, target.length) < 0 && errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

static void begin(enum use use, double now, double patience)
{
	bool is_connection = use == CONNECTION;
	struct second *second = &it.seconds[it.now];
	is_connection ? second->connections++ : second->questions++;
	int fd = dial(is_connection ? it.connections : it.datagrams, is_connection ? SOCK_STREAM : SOCK_DGRAM);
	if (fd < 0)
		return;
	if (!is_connection && send(fd, chunk, QUESTION, 0) < 0) {
		close(fd);
		return;
	}
	it.attempts[fd] = (struct attempt){use, ++it.numbers, it.now};
	struct line *line = &it.lines[use];
	line->places[line->tail % DESCRIPTORS].fd = fd;
	line->places[line->tail % DESCRIPTORS].number = it.numbers;
	line->places[line->tail++ % DESCRIPTORS].until = now + patience;
	watch(fd, is_connection ? EPOLLOUT : EPOLLIN, EPOLL_CTL_ADD);
}

static void finish(int fd, bool good)
{
	struct attempt *attempt = &it.attempts[fd];
	struct second *second = &it.seconds[attempt->second];
	if (good)
		attempt->use == CONNECTION ? second->connected++ : second->answers++;
	attempt->use = FREE;
	close(fd);
}

static void expire(struct line *line, double now)
{
	for (; line->head != line->tail && line->places[line->head % DESCRIPTORS].until < now; line->head++) {
		int fd = line->places[line->head % DESCRIPTORS].fd;
		if (it.attempts[fd].use != FREE && it.attempts[fd].number == line->places[line->head % DESCRIPTORS].number)
			finish(fd, false);
	}
}

static void step(int fd, uint32_t events)
{
	if (it.attempts[fd].use == CONNECTION && events & EPOLLOUT) {
		if (write(fd, "?", 1) == 1)
			watch(fd, EPOLLIN, EPOLL_CTL_MOD);
		else
			finish(fd, false);
		return;
	}
	char bytes[QUESTION];
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && errno == EAGAIN)
		return;
	finish(fd, got == (it.attempts[fd].use == CONNECTION ? 1 : QUESTION));
}

static void bulk_down(double now)
{
	if (it.bulk_state == UP)
		it.breaks++;
	if (it.bulk_fd >= 0)
		close(it.bulk_fd);
	it.bulk_fd = -1;
	it.bulk_state = DOWN;
	it.bulk_retry = now + RETRY_SECONDS;
}

static void bulk_step(double now, uint32_t events)
{
	if (it.bulk_state == CONNECTING) {
		int error = 0;
		socklen_t length = sizeof error;
		getsockopt(it.bulk_fd, SOL_SOCKET, SO_ERROR, &error, &length);
		if (error != 0 || events & (EPOLLERR | EPOLLHUP))
			return bulk_down(now);
		it.bulk_state = UP;
		watch(it.bulk_fd, EPOLLIN, EPOLL_CTL_MOD);
		return;
	}
	ssize_t got;
	while ((got = read(it.bulk_fd, chunk, sizeof chunk)) > 0)
		it.seconds[it.now].bytes += (uint64_t)got;
	if (got == 0 || errno != EAGAIN)
		bulk_down(now);
}

static void bulk_tick(double now, double bytes_per_second)
{
	if (bytes_per_second == 0)
		return;
	if (it.bulk_state == DOWN && now >= it.bulk_retry) {
		it.bulk_fd = dial(it.bulk, SOCK_STREAM);
		if (it.bulk_fd < 0)
			return bulk_down(now);
		it.bulk_state = CONNECTING;
		watch(it.bulk_fd, EPOLLOUT, EPOLL_CTL_ADD);
	}
	double most = BURST_SECONDS * bytes_per_second;
	it.allowance += (now - it.last_tick) * bytes_per_second;
	it.allowance = it.bulk_state != UP ? 0 : it.allowance > most ? most : it.allowance;
	while (it.allowance >= 1) {
		size_t size = it.allowance > CHUNK ? CHUNK : (size_t)it.allowance;
		ssize_t sent = send(it.bulk_fd, chunk, size, 0);
		if (sent <= 0)
			break; // a full buffer; the end of the connection is read
		it.allowance -= (double)sent;
	}
}

static void ping(double now)
{
	struct icmp6_hdr header = {.icmp6_type = ICMP6_ECHO_REQUEST};
	header.icmp6_id = it.identifier;
	header.icmp6_seq = htons(it.ping_next);
	memcpy(chunk, &header, sizeof header);
	it.seconds[it.now].pings++;
	it.ping_sent[it.ping_next++] = now;
	send(it.icmp, chunk, 64, 0);
	memset(chunk, 0, 64);
}

static void pongs(double start, double now)
{
	struct icmp6_hdr header;
	while (recv(it.icmp, &header, sizeof header, 0) >= (ssize_t)sizeof header) {
		if (header.icmp6_type != ICMP6_ECHO_REPLY || header.icmp6_id != it.identifier)
			continue;
		double *sent = &it.ping_sent[ntohs(header.icmp6_seq)];
		if (*sent != 0 && now - *sent < PING_PATIENCE) {
			struct second *second = &it.seconds[(int)(*sent - start)];
			second->pongs++;
			second->waited += now - *sent;
		}
		*sent = 0;
	}
}

static void open_pings(void)
{
	it.icmp = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	struct sockaddr_in6 to = *(struct sockaddr_in6 *)&it.pings.address;
	to.sin6_port = 0;
	if (it.icmp < 0 || connect(it.icmp, (struct sockaddr *)&to, sizeof to) < 0)
		die("ICMPv6 socket");
	struct icmp6_filter filter;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	setsockopt(it.icmp, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
	it.identifier = (uint16_t)getpid();
	watch(it.icmp, EPOLLIN, EPOLL_CTL_ADD);
}

static void print(int until)
{
	printf("{\"breaks\":%llu,\"seconds\":[", (unsigned long long)it.breaks);
	for (int i = 0; i < until; i++) {
		struct second s = it.seconds[i];
		printf("%s[%llu,%u,%u,%u,%u,%u,%u,%.6f]", i ? "," : "", (unsigned long long)s.bytes, s.connections, s.connected,
		       s.questions, s.answers, s.pings, s.pongs, s.waited);
	}
	printf("]}\n");
}

static void handle(struct epoll_event event, double start, double now)
{
	int fd = event.data.fd;
	if (fd == it.icmp)
		pongs(start, now);
	else if (fd == it.bulk_fd)
		bulk_step(now, event.events);
	else if (it.attempts[fd].use != FREE)
		step(fd, event.events);
}

int honest(int argc, char **argv)
{
	if (argc < 4)
		usage("honest ADDRESS BULK-PORT TCP-PORT UDP-PORT [--seconds S] [--bits N] [--connections N] [--questions N] [--pings N] [--patience MS]");
	it.bulk = parse_target(argv[0], argv[1]);
	it.connections = parse_target(argv[0], argv[2]);
	it.datagrams = parse_target(argv[0], argv[3]);
	it.pings = parse_target(argv[0], argv[3]);
	double bytes_per_second = (double)option(argc, argv, "--bits", 20000000) / 8;
	int64_t rates[] = {option(argc, argv, "--connections", 10), option(argc, argv, "--questions", 10),
			   option(argc, argv, "--pings", 10)};
	double patience = (double)option(argc, argv, "--patience", 5000) / 1000;
	it.length = (int)option(argc, argv, "--seconds", 5);
	it.seconds = calloc((size_t)it.length + 1, sizeof *it.seconds);
	it.epoll = epoll_create1(EPOLL_CLOEXEC);
	it.bulk_fd = -1;
	if (it.seconds == NULL)
		die("memory");
	if (it.pings.address.ss_family == AF_INET6 && rates[2] > 0)
		open_pings();
	else
		it.icmp = -1, rates[2] = 0;

	int64_t done[3] = {0};
	double start = now_seconds();
	it.last_tick = start;
	fprintf(stderr, "ready\n");
	while (!stopping) {
		double now = now_seconds();
		it.now = (int)(now - start);
		if (it.now >= it.length)
			break;
		for (; (double)done[0] < (now - start) * (double)rates[0]; done[0]++)
			begin(CONNECTION, now, patience);
		for (; (double)done[1] < (now - start) * (double)rates[1]; done[1]++)
			begin(DATAGRAM, now, DATAGRAM_PATIENCE);
		for (; (double)done[2] < (now - start) * (double)rates[2]; done[2]++)
			ping(now);
		bulk_tick(now, bytes_per_second);
		it.last_tick = now;
		expire(&it.lines[CONNECTION], now);
		expire(&it.lines[DATAGRAM], now);
		struct epoll_event events[EVENTS];
		int count = epoll_wait(it.epoll, events, EVENTS, TICK_MS);
		for (int i = 0; i < count; i++)
			handle(events[i], start, now_seconds());
	}
	print(it.now < it.length ? it.now : it.length);
	return 0;
}

// The other end of the paced connection: what came in goes back.
struct echo {
	char bytes[CHUNK];
	size_t from, to;
};

static bool echo_step(int fd, struct echo *echo)
{
	for (;;) {
		if (echo->from == echo->to) {
			ssize_t got = read(fd, echo->bytes, sizeof echo->bytes);
			if (got <= 0)
				return got < 0 && errno == EAGAIN;
			echo->from = 0;
			echo->to = (size_t)got;
		}
		ssize_t sent = write(fd, echo->bytes + echo->from, echo->to - echo->from);
		if (sent < 0)
			return errno == EAGAIN;
		echo->from += (size_t)sent;
	}
}

int tcp_echo(int argc, char **argv)
{
	static struct echo *echoes[DESCRIPTORS];
	if (argc < 1)
		usage("tcp-echo PORT");
	int listener = bound_socket(SOCK_STREAM | SOCK_NONBLOCK, parse_port(argv[0]));
	if (listen(listener, 4096) < 0)
		die("listen");
	it.epoll = epoll_create1(EPOLL_CLOEXEC);
	watch(listener, EPOLLIN, EPOLL_CTL_ADD);
	fprintf(stderr, "ready\n");
	struct epoll_event events[EVENTS];
	while (!stopping) {
		int count = epoll_wait(it.epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			if (fd != listener) {
				if (!echo_step(fd, echoes[fd])) {
					close(fd);
					free(echoes[fd]);
				}
				continue;
			}
			while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
				if (fd >= DESCRIPTORS || (echoes[fd] = calloc(1, sizeof **echoes)) == NULL)
					die("accept");
				// Edge-triggered: a step goes on until the socket takes or has nothing more.
				watch(fd, EPOLLIN | EPOLLOUT | EPOLLET, EPOLL_CTL_ADD);
			}
		}
	}
	printf("{}\n");
	return 0;
}
