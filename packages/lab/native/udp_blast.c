// One flow of UDP at the highest rate the sender manages, and the sink that counts what arrives: from the side that speaks
// first to the other one (udp-blast, udp-sink), or the other way round, as behind a NAT (udp-fetch, udp-source).
// sendmmsg and recvmmsg keep system calls out of the measurement; no UDP_SEGMENT and no UDP_GRO on the sockets:
// each datagram is what an ordinary program would send.
#define _GNU_SOURCE
#include "common.h"
#include "tools.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

enum { BATCH = 64, LARGEST = 65507, SLOT = 2048 };

static void report(uint64_t packets, uint64_t bytes, uint64_t errors, double seconds)
{
	printf("{\"packets\":%llu,\"bytes\":%llu,\"errors\":%llu,\"seconds\":%.6f}\n", (unsigned long long)packets,
	       (unsigned long long)bytes, (unsigned long long)errors, seconds);
}

// Lets a socket wait for at most half a second: a signal that comes right before it waits is seen then.
static void be_patient(int fd)
{
	struct timeval patience = {.tv_usec = 500 * 1000};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

// Room for BATCH datagrams that arrive.
struct inbox {
	char slots[BATCH][SLOT];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
	uint64_t packets, bytes;
	double first, last;
};

static void open_inbox(struct inbox *inbox, int fd)
{
	int room = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	be_patient(fd);
	for (int i = 0; i < BATCH; i++) {
		inbox->parts[i] = (struct iovec){inbox->slots[i], SLOT};
		inbox->messages[i].msg_hdr.msg_iov = &inbox->parts[i];
		inbox->messages[i].msg_hdr.msg_iovlen = 1;
	}
}

// Takes and counts what is there, or waits. Returns false when nothing came: a signal, the end of patience, an ICMP error.
static bool receive(struct inbox *inbox, int fd)
{
	int count = recvmmsg(fd, inbox->messages, BATCH, MSG_WAITFORONE, NULL);
	if (count < 0 && errno != EINTR && errno != EAGAIN && errno != ECONNREFUSED)
		die("recvmmsg");
	if (count < 0)
		return false;
	inbox->last = now_seconds();
	if (inbox->packets == 0)
		inbox->first = inbox->last;
	inbox->packets += (uint64_t)count;
	for (int i = 0; i < count; i++)
		inbox->bytes += inbox->messages[i].msg_len;
	return true;
}

int udp_sink(int argc, char **argv)
{
	if (argc < 1)
		usage("udp-sink PORT");
	int fd = bound_socket(SOCK_DGRAM, parse_port(argv[0]));
	static struct inbox inbox;
	open_inbox(&inbox, fd);
	fprintf(stderr, "ready\n");
	while (!stopping)
		receive(&inbox, fd);
	report(inbox.packets, inbox.bytes, 0, inbox.last - inbox.first);
	return 0;
}

static int64_t size_option(int argc, char **argv)
{
	int64_t size = option(argc, argv, "--size", 64);
	if (size > LARGEST)
		usage("a datagram carries at most 65507 bytes");
	return size;
}

static int connected_socket(struct target target)
{
	int fd = socket(target.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&target.address, target.length) < 0)
		die("connect");
	return fd;
}

// Sends as fast as a connected socket takes it, and prints the count.
static void send_all(int fd, int64_t size, double seconds)
{
	static char payload[LARGEST];
	struct iovec part = {payload, (size_t)size};
	struct mmsghdr messages[BATCH] = {0};
	for (int i = 0; i < BATCH; i++) {
		messages[i].msg_hdr.msg_iov = &part;
		messages[i].msg_hdr.msg_iovlen = 1;
	}

	uint64_t packets = 0, errors = 0;
	double start = now_seconds(), end = start;
	while (!stopping && (end = now_seconds()) - start < seconds) {
		int count = sendmmsg(fd, messages, BATCH, 0);
		if (count > 0)
			packets += (uint64_t)count;
		else
			errors++; // an ICMP error that came back, or a full queue: the next call tries again
	}
	report(packets, packets * (uint64_t)size, errors, end - start);
}

int udp_blast(int argc, char **argv)
{
	if (argc < 2)
		usage("udp-blast ADDRESS PORT [--size B] [--seconds S]");
	struct target target = parse_target(argv[0], argv[1]);
	double seconds = (double)option(argc, argv, "--seconds", 5);
	int64_t size = size_option(argc, argv);
	send_all(connected_socket(target), size, seconds);
	return 0;
}

// Waits for the first datagram and connects the socket to whoever sent it. Returns false when it was told to stop before.
static bool wait_for_request(int fd)
{
	char request[SLOT];
	struct sockaddr_storage from;
	be_patient(fd);
	while (!stopping) {
		socklen_t length = sizeof from;
		if (recvfrom(fd, request, sizeof request, 0, (struct sockaddr *)&from, &length) < 0)
			continue;
		if (connect(fd, (struct sockaddr *)&from, length) < 0)
			die("connect");
		return true;
	}
	return false;
}

int udp_source(int argc, char **argv)
{
	if (argc < 1)
		usage("udp-source PORT [--size B] [--seconds S]");
	int fd = bound_socket(SOCK_DGRAM, parse_port(argv[0]));
	double seconds = (double)option(argc, argv, "--seconds", 5);
	int64_t size = size_option(argc, argv);
	fprintf(stderr, "ready\n");
	if (wait_for_request(fd))
		send_all(fd, size, seconds);
	else
		report(0, 0, 0, 0);
	return 0;
}

// Asks until something comes, then counts until nothing has come for a while: the source ends by itself.
int udp_fetch(int argc, char **argv)
{
	if (argc < 2)
		usage("udp-fetch ADDRESS PORT");
	int fd = connected_socket(parse_target(argv[0], argv[1]));
	static struct inbox inbox;
	open_inbox(&inbox, fd);
	for (int asked = 0; asked < 20 && inbox.packets == 0 && !stopping; asked++) {
		if (send(fd, "?", 1, 0) < 0 && errno != ECONNREFUSED)
			die("send");
		receive(&inbox, fd);
	}
	while (!stopping && inbox.packets > 0 && receive(&inbox, fd))
		;
	report(inbox.packets, inbox.bytes, 0, inbox.last - inbox.first);
	return 0;
}
