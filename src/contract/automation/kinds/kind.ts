/** What the contract holds of one kind of command. */
import { z } from 'zod';
import type { Json } from '../../kernel/scalars.ts';

/** A string in which `{{name}}` stands for a variable; see `../template.ts`. */
export const Template = z.string().max(65_536);

/** One record of the registry in `index.ts`. */
export interface CommandKindRecord {
  readonly title: string;
  /** One sentence for whoever chooses a kind; menus show it. */
  readonly description: string;
  /** Whether an attempt needs a browser on this machine. */
  readonly needsBrowser: boolean;
  /** What computes an attempt: a process of its own, or the inference engine that all share. */
  readonly runsIn: 'executor' | 'engine';
  /** Schema of the spec; `kind` is a literal whose default is the name of the kind. */
  readonly spec: z.ZodObject;
  /** Source files that are commands by themselves: the spec for a file's text, by file name extension. */
  readonly sources: { readonly [extension: string]: (text: string) => { [member: string]: Json } };
}
