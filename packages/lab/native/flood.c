// Packets from invented senders: SYNs, one-packet UDP flows, fragments, ICMP of all kinds, at a given rate or as fast as one
// core can. Source and destination are random within a prefix. Raw sockets: the kernel routes them as those of a router.
#define _GNU_SOURCE
#include "common.h"
#include "tools.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, SLOT = 2048, LARGEST = 1400, PATIENCE_NS = 1000000 };
enum { HOP_LIMIT = 64, ICMPV6_ERROR_TYPES = 4, MORE_FRAGMENTS = 1, SYN = 0x02, ACK = 0x10, RST = 0x04 };

struct prefix {
	uint8_t bytes[16];
	int bits, size; // size in bytes: 4 or 16
};

enum kind { KIND_SYN, KIND_ACK, KIND_RST, KIND_UDP, KIND_ECHO, KIND_ICMP, KIND_FIRST, KIND_LAST };
static const char *const kinds[] = {"syn", "ack", "rst", "udp", "echo", "icmp", "first-fragments", "last-fragments"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct flood {
	struct prefix from, to;
	enum kind kind;
	uint16_t port; // 0: random
	size_t size;   // bytes after the transport header
	uint64_t random, seed;
	uint64_t flows, made; // the same packets again after so many; 0: never
};

static uint64_t next_random(struct flood *flood)
{
	flood->random ^= flood->random << 13;
	flood->random ^= flood->random >> 7;
	flood->random ^= flood->random << 17;
	return flood->random * 2685821657736338717ULL >> 16;
}

static const char *text_option(int argc, char **argv, const char *name, const char *fallback)
{
	for (int i = 0; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return fallback;
}

static struct prefix parse_prefix(const char *text)
{
	char address[64];
	struct prefix prefix;
	const char *slash = strchr(text, '/');
	if (slash == NULL || (size_t)(slash - text) >= sizeof address)
		usage("a prefix is an address, a slash and a length");
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (inet_pton(AF_INET6, address, prefix.bytes) == 1)
		prefix.size = 16;
	else if (inet_pton(AF_INET, address, prefix.bytes) == 1)
		prefix.size = 4;
	else
		usage("a prefix is an address, a slash and a length");
	char *end;
	prefix.bits = (int)strtol(slash + 1, &end, 10);
	if (end == slash + 1 || *end != '\0' || prefix.bits < 0 || prefix.bits > 8 * prefix.size)
		usage("the length of the prefix is out of range");
	return prefix;
}

// An address of the prefix: random bits after it.
static void pick(struct flood *flood, const struct prefix *prefix, uint8_t *address)
{
	for (int i = 0; i < prefix->size; i++) {
		int fixed = prefix->bits - 8 * i;
		uint8_t mask = fixed >= 8 ? 0 : fixed <= 0 ? 0xff : (uint8_t)(0xff >> fixed);
		address[i] = (uint8_t)((prefix->bytes[i] & ~mask) | (mask ? next_random(flood) & mask : 0));
	}
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint32_t sum(const uint8_t *bytes, size_t size)
{
	uint32_t total = 0;
	for (size_t i = 0; i + 1 < size; i += 2)
		total += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	return size % 2 ? total + (uint32_t)(bytes[size - 1] << 8) : total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static uint16_t random_port(struct flood *flood)
{
	return (uint16_t)(1024 + next_random(flood) % (65536 - 1024));
}

static size_t put_tcp(struct flood *flood, uint8_t *at)
{
	uint8_t flags = flood->kind == KIND_SYN ? SYN : flood->kind == KIND_ACK ? ACK : RST;
	memset(at, 0, 20);
	put16(at, random_port(flood));
	put16(at + 2, flood->port ? flood->port : random_port(flood));
	put32(at + 4, (uint32_t)next_random(flood));
	at[12] = 5 << 4;
	at[13] = flags;
	put16(at + 14, 64240);
	return 20;
}

static size_t put_udp(struct flood *flood, uint8_t *at)
{
	put16(at, random_port(flood));
	put16(at + 2, flood->port ? flood->port : random_port(flood));
	put16(at + 4, (uint32_t)(8 + flood->size));
	put16(at + 6, 0);
	memset(at + 8, 'x', flood->size);
	return 8 + flood->size;
}

// An error about a UDP packet that nobody sent, from the receiver to anybody.
static size_t put_invented(struct flood *flood, uint8_t *at, const uint8_t *receiver)
{
	if (flood->to.size == 4) {
		memset(at, 0, 28);
		at[0] = 0x45;
		put16(at + 2, 28);
		at[8] = HOP_LIMIT;
		at[9] = IPPROTO_UDP;
		memcpy(at + 12, receiver, 4);
		pick(flood, &flood->from, at + 16);
		put16(at + 10, fold(sum(at, 20)));
		put16(at + 20, flood->port ? flood->port : random_port(flood));
		put16(at + 22, random_port(flood));
		put16(at + 24, 8);
		return 28;
	}
	memset(at, 0, 48);
	at[0] = 0x60;
	put16(at + 4, 8);
	at[6] = IPPROTO_UDP;
	at[7] = HOP_LIMIT;
	memcpy(at + 8, receiver, 16);
	pick(flood, &flood->from, at + 24);
	put16(at + 40, flood->port ? flood->port : random_port(flood));
	put16(at + 42, random_port(flood));
	put16(at + 44, 8);
	return 48;
}

static size_t put_icmp(struct flood *flood, uint8_t *at, const uint8_t *receiver)
{
	// Echo and its answer, errors, and those that a translator drops: timestamps, router and neighbour discovery, MLD.
	static const uint8_t types4[] = {0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 17, 18};
	static const uint8_t types6[] = {1, 2, 3, 4, 128, 129, 130, 131, 133, 134, 135, 136, 137, 255};
	bool four = flood->to.size == 4;
	uint8_t echo = four ? 8 : 128;
	uint8_t type = four ? types4[next_random(flood) % sizeof types4] : types6[next_random(flood) % sizeof types6];
	if (flood->kind == KIND_ECHO)
		type = echo;
	memset(at, 0, 8);
	at[0] = type;
	put32(at + 4, (uint32_t)next_random(flood));
	bool error = four ? type == 3 || type == 4 || type == 5 || type == 11 || type == 12 : type <= ICMPV6_ERROR_TYPES;
	if (error) {
		at[1] = (uint8_t)(next_random(flood) % 6);
		return 8 + put_invented(flood, at + 8, receiver);
	}
	memset(at + 8, 'x', flood->size);
	return 8 + flood->size;
}

// The transport part, with its checksum. Returns its size; tells the protocol.
static size_t put_transport(struct flood *flood, uint8_t *at, const uint8_t *addresses, uint8_t *protocol)
{
	size_t size, checksum;
	bool four = flood->to.size == 4;
	if (flood->kind <= KIND_RST) {
		*protocol = IPPROTO_TCP;
		size = put_tcp(flood, at);
		checksum = 16;
	} else if (flood->kind == KIND_ECHO || flood->kind == KIND_ICMP) {
		*protocol = four ? IPPROTO_ICMP : IPPROTO_ICMPV6;
		size = put_icmp(flood, at, addresses + flood->to.size);
		checksum = 2;
	} else {
		*protocol = IPPROTO_UDP;
		size = put_udp(flood, at);
		checksum = 6;
	}
	bool pseudo = *protocol != IPPROTO_ICMP;
	uint32_t total = sum(at, size);
	if (pseudo)
		total += sum(addresses, 2 * (size_t)flood->to.size) + (uint32_t)size + *protocol;
	uint16_t folded = fold(total);
	put16(at + checksum, folded == 0 && *protocol == IPPROTO_UDP ? 0xffff : folded);
	return size;
}

static size_t put_packet6(struct flood *flood, uint8_t *at)
{
	bool fragment = flood->kind >= KIND_FIRST;
	size_t header = fragment ? 48 : 40;
	uint8_t protocol;
	pick(flood, &flood->from, at + 8);
	pick(flood, &flood->to, at + 24);
	size_t size = put_transport(flood, at + header, at + 8, &protocol);
	size &= fragment ? ~(size_t)7 : ~(size_t)0;
	put32(at, 6U << 28);
	put16(at + 4, (uint32_t)(header - 40 + size));
	at[6] = fragment ? IPPROTO_FRAGMENT : protocol;
	at[7] = HOP_LIMIT;
	if (fragment) {
		at[40] = protocol;
		at[41] = 0;
		put16(at + 42, flood->kind == KIND_FIRST ? MORE_FRAGMENTS : (uint32_t)size);
		put32(at + 44, (uint32_t)next_random(flood));
	}
	return header + size;
}

static size_t put_packet4(struct flood *flood, uint8_t *at)
{
	bool fragment = flood->kind >= KIND_FIRST;
	uint8_t protocol;
	memset(at, 0, 20);
	pick(flood, &flood->from, at + 12);
	pick(flood, &flood->to, at + 16);
	size_t size = put_transport(flood, at + 20, at + 12, &protocol);
	size &= fragment ? ~(size_t)7 : ~(size_t)0;
	at[0] = 0x45;
	put16(at + 2, (uint32_t)(20 + size));
	put16(at + 4, (uint32_t)next_random(flood));
	if (fragment)
		put16(at + 6, flood->kind == KIND_FIRST ? 0x2000 : (uint32_t)(size / 8));
	at[8] = HOP_LIMIT;
	at[9] = protocol;
	put16(at + 10, fold(sum(at, 20)));
	return 20 + size;
}

struct outbox {
	uint8_t slots[BATCH][SLOT];
	struct sockaddr_storage addresses[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
};

static void fill_outbox(struct flood *flood, struct outbox *outbox, int count)
{
	bool four = flood->to.size == 4;
	for (int i = 0; i < count; i++) {
		if (flood->flows > 0 && flood->made++ % flood->flows == 0)
			flood->random = flood->seed;
		uint8_t *slot = outbox->slots[i];
		outbox->parts[i] = (struct iovec){slot, four ? put_packet4(flood, slot) : put_packet6(flood, slot)};
		struct msghdr *header = &outbox->messages[i].msg_hdr;
		*header = (struct msghdr){.msg_iov = &outbox->parts[i], .msg_iovlen = 1, .msg_name = &outbox->addresses[i]};
		if (four) {
			struct sockaddr_in *to = (struct sockaddr_in *)&outbox->addresses[i];
			*to = (struct sockaddr_in){.sin_family = AF_INET};
			memcpy(&to->sin_addr, slot + 16, 4);
			header->msg_namelen = sizeof *to;
		} else {
			struct sockaddr_in6 *to = (struct sockaddr_in6 *)&outbox->addresses[i];
			*to = (struct sockaddr_in6){.sin6_family = AF_INET6};
			memcpy(&to->sin6_addr, slot + 24, 16);
			header->msg_namelen = sizeof *to;
		}
	}
}

// How many may be sent now. Waits until there is one.
static int due(uint64_t sent, int64_t rate, double start)
{
	if (rate == 0)
		return BATCH;
	double ahead = (now_seconds() - start) * (double)rate - (double)sent;
	if (ahead >= 1)
		return ahead > BATCH ? BATCH : (int)ahead;
	nanosleep(&(struct timespec){.tv_nsec = PATIENCE_NS}, NULL);
	return 0;
}

static enum kind parse_kind(const char *text)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(text, kinds[i]) == 0)
			return (enum kind)i;
	usage("--kind is syn, ack, rst, udp, echo, icmp, first-fragments or last-fragments");
}

int flood(int argc, char **argv)
{
	struct flood flood = {
		.from = parse_prefix(text_option(argc, argv, "--from", "")),
		.to = parse_prefix(text_option(argc, argv, "--to", "")),
		.kind = parse_kind(text_option(argc, argv, "--kind", "syn")),
		.port = (uint16_t)option(argc, argv, "--port", 0),
		.size = (size_t)option(argc, argv, "--size", 16),
		.seed = 0x9e3779b97f4a7c15ULL + (uint64_t)option(argc, argv, "--seed", 1),
		.flows = (uint64_t)option(argc, argv, "--flows", 0),
	};
	flood.random = flood.seed;
	int64_t rate = option(argc, argv, "--rate", 0);
	double seconds = (double)option(argc, argv, "--seconds", 5);
	if (flood.from.size != flood.to.size)
		usage("--from and --to are of one family");
	if (flood.size > LARGEST)
		usage("--size is at most 1400");
	int fd = socket(flood.to.size == 4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		die("socket");

	static struct outbox outbox;
	uint64_t packets = 0, errors = 0;
	double start = now_seconds(), end = start;
	fprintf(stderr, "ready\n");
	while (!stopping && (end = now_seconds()) - start < seconds) {
		int count = due(packets + errors, rate, start);
		fill_outbox(&flood, &outbox, count);
		int gone = count > 0 ? sendmmsg(fd, outbox.messages, (unsigned)count, 0) : 0;
		packets += gone > 0 ? (uint64_t)gone : 0;
		errors += gone < 0; // a full queue: the packet is lost, as on a line
	}
	printf("{\"packets\":%llu,\"errors\":%llu,\"seconds\":%.6f}\n", (unsigned long long)packets,
	       (unsigned long long)errors, end - start);
	return 0;
}
