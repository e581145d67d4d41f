/** Bytes of an artifact, read in ranges from the content origin, so that a file of any size costs only what is shown. */
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { viewUrl } from '../../../lib/client/content.ts';
import type { ParserSource } from '../../../lib/parser/parser.ts';

/**
 * Reads `length` bytes from `start`, fewer at the end of the file.
 * @throws Error with a sentence for the operator
 */
async function readBytes(
  artifact: Artifact,
  start: number,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const end = Math.min(artifact.bytes, start + length) - 1;
  if (end < start) return new Uint8Array();
  const url = viewUrl(artifact);
  if (url === undefined) throw new Error('The address for recorded content is closed; see the settings.');
  const response = await fetch(url, { headers: { range: `bytes=${start}-${end}` }, signal });
  if (response.status !== 206)
    throw new Error(response.status === 404 ? 'This file is gone.' : 'This file cannot be read.');
  return new Uint8Array(await response.arrayBuffer());
}

/** The file for a parser. */
export const sourceOf = (artifact: Artifact): ParserSource => ({
  size: artifact.bytes,
  read: (start, length, signal) => readBytes(artifact, start, length, signal),
});
