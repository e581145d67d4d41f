/** Message ports whose other end is in a page. */
import type { MessagePortMain } from './ipc.ts';

let nextId = 1;

/** The ports of one page. */
export class PagePorts {
  readonly #ports = new Map<number, MessagePortMain>();
  readonly #call: (expression: string) => void;

  /** @param call runs a call of the receiver in the page */
  constructor(call: (expression: string) => void) {
    this.#call = call;
  }

  /** Takes a port that goes to the page. @returns its number there */
  transfer(port: MessagePortMain): number {
    const id = nextId++;
    const kept = port.peer();
    kept.connect({
      post: (data) => this.#call(`port(${id}, ${json(data)})`),
      close: () => {
        this.#ports.delete(id);
        this.#call(`closePort(${id})`);
      },
    });
    this.#ports.set(id, kept);
    return id;
  }

  receive(id: number, data: unknown): void {
    this.#ports.get(id)?.receive(data);
  }

  closed(id: number): void {
    this.#ports.get(id)?.ended();
    this.#ports.delete(id);
  }

  /** The page is gone, and its ends of the ports with it. */
  drop(): void {
    const ports = [...this.#ports.values()];
    this.#ports.clear();
    for (const port of ports) port.ended();
  }
}

/** JSON that is safe inside a script; undefined stays undefined. */
export function json(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
