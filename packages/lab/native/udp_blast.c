// One flow of UDP at the highest rate the sender manages, and the sink that counts what arrives.
// sendmmsg and recvmmsg keep system calls out of the measurement; no UDP_SEGMENT and no UDP_GRO on the sockets:
// each datagram is what an ordinary program would send.
#define _GNU_SOURCE
#include "traffic.h"

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

int udp_sink(int argc, char **argv)
{
	if (argc < 1)
		usage("udp-sink PORT");
	int fd = bound_socket(SOCK_DGRAM, parse_port(argv[0]));
	int room = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);

	static char slots[BATCH][SLOT];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH] = {0};
	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){slots[i], SLOT};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}

	fprintf(stderr, "ready\n");
	uint64_t packets = 0, bytes = 0;
	double first = 0, last = 0;
	while (!stopping) {
		int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			die("recvmmsg");
		last = now_seconds();
		if (packets == 0)
			first = last;
		packets += (uint64_t)count;
		for (int i = 0; i < count; i++)
			bytes += messages[i].msg_len;
	}
	report(packets, bytes, 0, last - first);
	return 0;
}

int udp_blast(int argc, char **argv)
{
	if (argc < 2)
		usage("udp-blast ADDRESS PORT [--size B] [--seconds S]");
	struct target target = parse_target(argv[0], argv[1]);
	int64_t size = option(argc, argv, "--size", 64);
	double seconds = (double)option(argc, argv, "--seconds", 5);
	if (size > LARGEST)
		usage("a datagram carries at most 65507 bytes");
	int fd = socket(target.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&target.address, target.length) < 0)
		die("connect");

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
	return 0;
}
