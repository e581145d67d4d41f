/** Events of the stand-in, and the frame that they come from. */
import type { WebFrameMain as RealFrame } from 'electron';
import type { WebContents } from './web-contents.ts';

/** An event that a listener can prevent. */
export class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

type FrameShape = Pick<RealFrame, 'url' | 'origin' | 'parent' | 'detached' | 'postMessage'>;

/** The main frame of a page. Preload scripts run nowhere else, so no other frame can send. */
export class WebFrameMain implements FrameShape {
  readonly parent = null;
  readonly detached = false;
  readonly url: string;
  readonly origin: string;
  readonly #contents: WebContents;

  constructor(contents: WebContents) {
    this.#contents = contents;
    this.url = contents.getURL();
    this.origin = this.url.startsWith('app://panel') ? 'app://panel' : new URL(this.url).origin;
  }

  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    this.#contents.postMessage(channel, message, transfer);
  }
}
