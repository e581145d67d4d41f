/** Bytes of an artifact, read in ranges from the content origin, so that a file of any size costs only what is shown. */
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { viewUrl } from '../../../lib/client/content.ts';

/** What is read of a text at once, bytes. */
export const TEXT_CHUNK = 256 * 1024;
/** Largest JSON document that is shown as a tree, bytes. */
export const MAX_JSON = 4 * 1024 * 1024;
/** What is read of a table, bytes. */
export const MAX_TABLE = 8 * 1024 * 1024;

/**
 * Reads `length` bytes from `start`, fewer at the end of the file.
 * @throws Error with a sentence for the operator
 */
export async function readBytes(
  artifact: Artifact,
  start: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const end = Math.min(artifact.bytes, start + length) - 1;
  if (end < start) return new Uint8Array();
  const url = viewUrl(artifact);
  if (url === undefined) throw new Error('The address for recorded content is closed; see the settings.');
  const init = { headers: { range: `bytes=${start}-${end}` }, ...(signal === undefined ? {} : { signal }) };
  const response = await fetch(url, init);
  if (response.status !== 206)
    throw new Error(response.status === 404 ? 'This file is gone.' : 'This file cannot be read.');
  return new Uint8Array(await response.arrayBuffer());
}

/** Decodes UTF-8 or, by its mark, UTF-16. A character that the end of a range cuts in two is left out. */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}
