/** The exit number of this host; peer exits are 1 … {@link MAX_PEER_EXITS}. */
export const LOCAL_EXIT = 0;

/** No exit. */
export const NO_EXIT = -1;

/** The maximum number of peer exits of an IPv6 peer (design §5). */
export const MAX_PEER_EXITS = 32;
