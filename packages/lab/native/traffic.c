// Traffic generators and sinks for the lab, in C so that the tool is never what limits a measurement.
// Every tool prints one JSON object on standard output when it ends.
#include "common.h"
#include "tools.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

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
	{"tcp-echo", tcp_echo, "PORT                                     send every byte back until SIGTERM"},
	{"honest", honest, "ADDRESS BULK TCP UDP [--seconds S] [--bits N] [--connections N] [--questions N] [--pings N]  an ordinary client, at these three ports"},
	{"flood", flood, "--from PREFIX --to PREFIX [--kind KIND] [--port P] [--size B] [--rate N] [--seconds S]  packets of invented senders"},
};

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
