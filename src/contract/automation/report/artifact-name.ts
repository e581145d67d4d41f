/** Names of artifacts: file names on every system, and texts that a panel, a terminal and a header show as they are. */
import { start } from '../../kernel/redact/clip.ts';

/** Longest name that is kept, characters; an executor leaves room below it for the number that makes a name unique. */
export const MAX_ARTIFACT_NAME = 255;
const MAX_EXTENSION = 20;

/**
 * Separators and what Windows reserves; control characters; line and paragraph separators; marks that change the direction of text, under
 * which `gpj.exe` reads `exe.jpg`; the byte-order mark; lone surrogates.
 */
const UNSAFE = /[\\/:*?"<>|\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Without blanks and dots at both ends; one pattern for both would look at each run of them as often as it is long. */
function withoutEdges(text: string): string {
  const isEdge = (at: number) => /[\s.]/.test(text.charAt(at));
  let from = 0;
  let end = text.length;
  while (from < end && isEdge(from)) from += 1;
  while (end > from && isEdge(end - 1)) end -= 1;
  return text.slice(from, end);
}

/** Splits `report.tar.gz` into `report.tar` and `.gz`; a name that only begins with a dot has no extension. */
export function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/**
 * A name that every file system takes, without what misleads a reader. A name that is safe already stays as it is.
 * @param name without secrets
 * @param length of the result at most, UTF-16 units
 */
export function artifactName(name: string, length = MAX_ARTIFACT_NAME): string {
  const [stem, extension] = splitExtension(withoutEdges(name.replace(UNSAFE, '_')));
  const end = start(extension, MAX_EXTENSION);
  const short = withoutEdges(start(stem, length - 1 - end.length) + end) || 'file';
  return DEVICE.test(short) ? `_${short}` : short;
}
