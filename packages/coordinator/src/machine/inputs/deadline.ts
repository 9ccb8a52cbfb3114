/** Timers that are due, each handed to its rule. */
import type { Context } from "../context.ts";
import { checkSilence, endWithoutHello } from "../rules/connections/liveness.ts";
import { endDeadExit } from "../rules/pairs/dead-exit.ts";
import { endDrainedPair } from "../rules/pairs/drain.ts";
import { retryExits } from "../rules/pairs/exit-record.ts";
import { denyClaim } from "../rules/pairs/held-pairs.ts";
import { endHoldOff } from "../rules/pairs/hold-off.ts";
import { repairPath } from "../rules/pairs/path.ts";
import { endUnansweredProposal } from "../rules/pairs/propose.ts";
import { expirePeer } from "../rules/peers/leave.ts";
import { continueChallenge } from "../rules/prefixes/challenge.ts";
import type { TimerKinds } from "../timers/kinds.ts";

/** Timers handled per call: when thousands of peers fall silent together, frames are received in between. */
export const MAX_TIMERS_PER_CALL = 32;

/** The rule for each kind of timer. */
const RULES: { readonly [Kind in keyof TimerKinds]: (context: Context, subject: TimerKinds[Kind]) => void } = {
  hello: endWithoutHello,
  silence: checkSilence,
  proof: continueChallenge,
  "lost-peer": expirePeer,
  answer: endUnansweredProposal,
  "fresh-address": repairPath,
  "dead-exit": endDeadExit,
  drain: endDrainedPair,
  "held-claim": denyClaim,
  "hold-off": endHoldOff,
  "exit-retry": retryExits,
};

/** Handles what is due, in order, at most {@link MAX_TIMERS_PER_CALL}. The rest stays due. */
export function handleDueTimers(context: Context): void {
  for (let handled = 0; handled < MAX_TIMERS_PER_CALL; handled++) {
    const due = context.timers.takeDue(context.now);
    if (due === undefined) return;
    // The table returns each kind with a subject of that kind.
    const rule = RULES[due.kind] as (context: Context, subject: object) => void;
    rule(context, due.subject);
  }
}
