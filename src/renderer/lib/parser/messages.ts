/** What the panel and a worker that parses a file tell each other. Of one question at most one read is under way. */

export type ToParser<Question> =
  | { t: 'ask'; id: number; size: number; question: Question }
  | { t: 'bytes'; id: number; bytes: Uint8Array<ArrayBuffer> }
  | { t: 'unreadable'; id: number; reason: string };

export type FromParser<Answer> =
  /** `length` bytes of the file from `start`; fewer come at its end. */
  | { t: 'read'; id: number; start: number; length: number }
  | { t: 'answer'; id: number; answer: Answer }
  | { t: 'refused'; id: number; reason: string };
