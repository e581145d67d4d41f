import { clipEnd } from '../../../contract/kernel/redact/clip.ts';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';

/** The end of a text of any length that arrives in pieces, without its secrets. */
export class Tail {
  readonly #redactor: Redactor;
  readonly #size: number;
  readonly #stream: ReturnType<Redactor['stream']>;
  #text = '';

  /** @param size characters */
  constructor(redactor: Redactor, size: number) {
    this.#redactor = redactor;
    this.#size = size;
    // Not by lines, as a log is: a secret may have several, and a cut may come between them.
    this.#stream = redactor.stream('whole');
  }

  push(text: string): void {
    this.#keep(this.#stream.push(text));
  }

  /** The text has ended. @returns its end */
  end(): string {
    this.#keep(this.#stream.flush());
    return clipEnd(this.#redactor, this.#text, this.#size);
  }

  #keep(text: string): void {
    this.#text += text;
    // Cutting at twice the size keeps the cost per character constant.
    if (this.#text.length > 2 * this.#size) this.#text = this.#text.slice(-this.#size);
  }
}
