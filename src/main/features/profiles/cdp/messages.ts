/** Messages of the Chrome DevTools Protocol, as far as they are looked into here. */
import { z } from 'zod';
import { ANSWER_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { JsonObject } from '../../../../contract/kernel/json.ts';

/** What a client sends. */
const Command = z.object({
  id: z.int(),
  method: z.string().max(200),
  params: JsonObject.optional(),
  sessionId: z.string().max(200).optional(),
});
export type Command = z.infer<typeof Command>;

/** What a browser sends: an answer has the id of its command, an event has a method. */
export const Message = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  params: JsonObject.optional(),
  result: JsonObject.optional(),
  error: z.object({ code: z.int(), message: z.string() }).loose().optional(),
  sessionId: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

/** Reads one message; null for what is none. Neither side is trusted: what is too deep or too large is none. */
export function readMessage<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const read = schema.safeParse(parseBounded(text, ANSWER_BOUNDS));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Reads a command of a client; null for what is none. */
export const readCommand = (text: string): Command | null => readMessage(Command, text);
