/** Files that tests attach become artifacts of the task. What a test says of a file is not trusted: only files below the folder of results are taken. */
import { lstat, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { redactTrace } from '../browser/trace.ts';
import type { ArtifactKind } from '../output/artifacts.ts';
import type { Run } from '../run.ts';
import type { Attachment } from './events.ts';

/** Files of one attempt, and their bytes together. */
const MAX_FILES = 500;
const MAX_BYTES = 1_073_741_824;

const EXTENSIONS: Readonly<Record<string, string>> = {
  ...{ 'image/png': '.png', 'image/jpeg': '.jpg', 'text/plain': '.txt', 'text/markdown': '.md', 'text/html': '.html' },
  ...{ 'application/json': '.json', 'application/zip': '.zip', 'video/webm': '.webm', 'text/css': '.css' },
};

/** Name with an extension, since the panel opens files by their type. */
function fileName({ name, mime }: Attachment): string {
  const extension = EXTENSIONS[/^[^;]*/.exec(mime)?.[0] ?? ''] ?? '';
  return name.toLowerCase().endsWith(extension) ? name : name + extension;
}

function kindOf({ name, mime }: Attachment): ArtifactKind {
  if (name === 'trace' && mime === 'application/zip') return 'trace';
  if (mime.startsWith('video/')) return 'video';
  return name === 'screenshot' && mime.startsWith('image/') ? 'screenshot' : 'output';
}

/**
 * Stores what tests attach, as far as there is room.
 * @param results real path of the folder of results, as it was before the tests
 */
export function createAttachments(run: Run, results: string) {
  const left = { files: MAX_FILES, bytes: MAX_BYTES };
  let told = false;

  function hasRoom(bytes: number): boolean {
    if (left.files > 0 && bytes <= left.bytes) {
      left.files -= 1;
      left.bytes -= bytes;
      return true;
    }
    if (!told)
      run.log.write(
        'warn',
        'host',
        `Further attachments are not kept: an attempt has at most ${MAX_FILES} files and 1 GB.`,
      );
    told = true;
    return false;
  }

  /** Bytes of a regular file that really lies below the results, null for anything else. */
  async function sizeOf(path: string): Promise<number | null> {
    try {
      const [real, { size, isFile }] = await Promise.all([
        realpath(path),
        lstat(path).then((found) => ({ size: found.size, isFile: found.isFile() })),
      ]);
      return isFile && real.startsWith(results + sep) ? size : null;
    } catch {
      return null;
    }
  }

  async function storeFile(attachment: Attachment, path: string): Promise<string | undefined> {
    const size = await sizeOf(path);
    if (size === null) {
      run.log.write(
        'warn',
        'host',
        `The attachment ${attachment.name} is no file in the folder of results; it is not kept.`,
      );
      return undefined;
    }
    if (!hasRoom(size)) return undefined;
    const info = { kind: kindOf(attachment), name: fileName(attachment), mime: attachment.mime };
    if (info.kind !== 'trace') return run.artifacts.addFile(info, path);
    try {
      await redactTrace(path, run.redactor);
    } catch {
      // Whatever calls itself a trace and is none could hold anything.
      run.log.write('warn', 'host', `The trace ${attachment.name} is no archive; it is not kept.`);
      return undefined;
    }
    return run.artifacts.move(info, path);
  }

  return {
    /** @returns the name of the artifact, undefined when it was not kept */
    async store(attachment: Attachment): Promise<string | undefined> {
      if (attachment.path !== null) return storeFile(attachment, attachment.path);
      const bytes = Buffer.from(attachment.body ?? '', 'base64');
      const info = { kind: kindOf(attachment), name: fileName(attachment), mime: attachment.mime };
      return hasRoom(bytes.length) ? run.artifacts.add(info, bytes) : undefined;
    },
  };
}
