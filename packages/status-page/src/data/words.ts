/**
 * Who should do something about it: `usual`: nobody, the internet is like that; `client`: a client, or its network, does
 * something wrong; `yours`: the operator of this IPv6 peer, if there are many.
 */
export type Weight = "usual" | "client" | "yours";

/** A reason for a drop: a few words as a title, and a sentence. */
export interface DropWords {
  readonly weight: Weight;
  readonly title: string;
  readonly sentence: string;
}

/** The words of reasons, by their stable codes. */
export type WordsByCode = Readonly<Record<string, DropWords>>;

/** Nobody has to do anything. */
export function usual(title: string, sentence: string): DropWords {
  return { weight: "usual", title, sentence };
}

/** A client or its network does something wrong. */
export function client(title: string, sentence: string): DropWords {
  return { weight: "client", title, sentence };
}

/** The operator should look when there are many. */
export function yours(title: string, sentence: string): DropWords {
  return { weight: "yours", title, sentence };
}
