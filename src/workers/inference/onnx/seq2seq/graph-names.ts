/** Names of inputs and outputs of decoders, as exporters (Optimum) write them. */

/** Keys and values of what was computed before, as an input. */
export const PAST = 'past_key_values.';
const PRESENT = 'present.';
/** How likely each token comes next. */
export const LOGITS = 'logits';
/** Of decoders that were merged from two: whether there is anything before the tokens. */
export const MERGED = 'use_cache_branch';
/** Tokens, of decoders beside an encoder under a name of their own. */
export const TOKENS_INPUT = /^(decoder_)?input_ids$/;
export const MASK_INPUT = /^(decoder_)?attention_mask$/;

export const isPast = (name: string) => name.startsWith(PAST);
export const isPresent = (name: string) => name.startsWith(PRESENT);
/** The output that becomes an input of the next step, and the other way round. */
export const presentOf = (past: string) => past.replace(PAST, PRESENT);
export const pastOf = (present: string) => present.replace(PRESENT, PAST);
