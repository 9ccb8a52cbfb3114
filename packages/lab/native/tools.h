// The traffic tools. Each is one function; its arguments are those after its name.
#pragma once

int udp_sink(int argc, char **argv);
int udp_blast(int argc, char **argv);
int udp_source(int argc, char **argv);
int udp_fetch(int argc, char **argv);
int udp_echo(int argc, char **argv);
int udp_ping(int argc, char **argv);
int tcp_answer(int argc, char **argv);
int tcp_rate(int argc, char **argv);
int flood(int argc, char **argv);
int honest(int argc, char **argv);
int tcp_echo(int argc, char **argv);
