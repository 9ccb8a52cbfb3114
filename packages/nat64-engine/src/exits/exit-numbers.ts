/** Exit number of this host itself; peer exits are 1 … {@link MAX_PEER_EXITS}. */
export const LOCAL_EXIT = 0;

/** No exit. */
export const NO_EXIT = -1;

/** The most peer exits of one IPv6 peer (design §5: at most 32). */
export const MAX_PEER_EXITS = 32;
